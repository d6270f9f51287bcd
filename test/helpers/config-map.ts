// A folder as the kubelet mounts a ConfigMap or a Secret: files are links through `..data`, and an update
// swaps that one link for another by a rename, so that no file of the folder ever changes itself.
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ConfigMap {
  /** Path of the one file, as a container sees it. */
  readonly path: string
  readonly update: (content: string) => void
}

type Files = Readonly<Record<string, string>>

/** Mounts one file in an empty folder. */
export const mountConfigMap = (folder: string, name: string, content: string): ConfigMap => {
  const { update } = mountFiles(folder, { [name]: content })
  return { path: join(folder, name), update: (text) => update({ [name]: text }) }
}

/** Mounts files in an empty folder; an update brings others of the same names. */
export const mountFiles = (folder: string, files: Files): { update: (files: Files) => void } => {
  let generation = 0
  const update = (fresh: Files): void => {
    const old = `..${generation}`
    generation += 1
    mkdirSync(join(folder, `..${generation}`))
    for (const [name, text] of Object.entries(fresh)) {
      writeFileSync(join(folder, `..${generation}`, name), text)
    }
    symlinkSync(`..${generation}`, join(folder, '..data_tmp'))
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
    rmSync(join(folder, old), { recursive: true, force: true })
  }
  update(files)
  for (const name of Object.keys(files)) symlinkSync(join('..data', name), join(folder, name))
  return { update }
}

// A folder as the kubelet mounts a ConfigMap: files are links through `..data`, and an update swaps
// that one link for another by a rename, so that no file of the folder ever changes itself.
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ConfigMap {
  /** Path of the one file, as a container sees it. */
  readonly path: string
  readonly update: (content: string) => void
}

/** Mounts it in an empty folder. */
export const mountConfigMap = (folder: string, name: string, content: string): ConfigMap => {
  let generation = 0
  const update = (text: string): void => {
    const old = `..${generation}`
    generation += 1
    mkdirSync(join(folder, `..${generation}`))
    writeFileSync(join(folder, `..${generation}`, name), text)
    symlinkSync(`..${generation}`, join(folder, '..data_tmp'))
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
    rmSync(join(folder, old), { recursive: true, force: true })
  }
  update(content)
  symlinkSync(join('..data', name), join(folder, name))
  return { path: join(folder, name), update }
}

// What the Dockerfile's result is made of: its bases, its files, its packages.
import { lstatSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from './container.ts'

/**
 * The Dockerfile pins its bases by digests, which no stand-in can have: words for buildah that put the
 * local image of the same name and tag in the place of each.
 */
export const standIns = (): readonly string[] => {
  const bases = readFileSync('Dockerfile', 'utf8').matchAll(/(\S+)@sha256:[0-9a-f]{64}/g)
  return Array.from(bases, ([pinned, name = '']) =>
    [`--build-context=${pinned}`, `container-image://${name}`].join('='),
  )
}

/** Gives what `read` finds in the image's files, which lie in the folder that it is told. */
export const inImage = async <T>({ run, image }: Engine, read: (root: string) => T): Promise<T> => {
  const root = (await run('podman', 'image', 'mount', image)).trim()
  try {
    return read(root)
  } finally {
    await run('podman', 'image', 'umount', image)
  }
}

export interface Entry {
  /** From the image's root, with a leading slash. */
  readonly path: string
  readonly uid: number
  readonly mode: number
  readonly bytes: number
}

/** Every file, folder and link of the image, without following a link. */
export const listImage = (engine: Engine): Promise<readonly Entry[]> =>
  inImage(engine, (root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => {
      const { uid, mode, size, nlink } = lstatSync(join(root, name))
      return { path: `/${name}`, uid, mode, bytes: size / nlink }
    }),
  )

/** Of CycloneDX, as `npm sbom` writes it. */
export interface Sbom {
  readonly components: readonly {
    readonly name: string
    readonly version: string
    readonly hashes: readonly unknown[]
  }[]
}

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly version: string }>>
}

/** Those of production in the lock file; paths such as `node_modules/a/node_modules/b`. */
export const productionPackages = () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as LockFile
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path, { version }]) => ({ path, name: path.replace(/^.*node_modules\//, ''), version }))
}

// The configuration of a gate that runs, to be read again: by the same loader as at the start, with what
// could hold up a running gate read in another way.
import { statSync } from 'node:fs'
import { maxDenyListBytes, parseDenyListInSlices } from '../config/deny-list.ts'
import type { Problem } from '../config/load.ts'
import { deepFreeze } from '../core/deep-freeze.ts'
import { fail, ok, unwrap, type Result } from '../core/result.ts'
import type { DenyListSettings, Settings } from '../core/settings.ts'
import { readFile } from '../files/read-file.ts'
import type { Configuration, ConfigurationSource } from '../gate/configuration.ts'
import { compileRoutes } from '../routing/table.ts'
import { hasProblems, loadConfiguration } from './configuration.ts'
import { createLoadAside, type AsideReply, type LoadAside } from './load-aside.ts'
import type { Shell } from './shell.ts'

export interface WatchedConfiguration extends ConfigurationSource {
  /** The first reading, with all that it says. */
  readonly loadFirst: () => Promise<Configuration | readonly Problem[]>
  /** Whether the first reading can be repeated: what came through a pipe is gone. */
  readonly isRepeatable: () => boolean
}

/** Makes the source of `--config FILE`, of CONFIG_FILE, or of the environment alone. */
export const createConfigurationSource = (
  file: string | undefined,
  shell: Pick<Shell, 'env'>,
  loadAside: LoadAside = createLoadAside(),
): WatchedConfiguration => {
  let files: readonly string[] = []
  let repeatable = true
  // Those of a broken reading are watched too: a file that was missing may come.
  const reading = async (inForce?: Settings): Promise<Configuration | readonly Problem[]> => {
    const { loaded, read } = await load({ file, env: shell.env, loadAside }, inForce)
    files = hasProblems(loaded)
      ? [...new Set([...files, ...read])]
      : read.filter((path) => !selfReloading(loaded.settings).includes(path))
    return loaded
  }
  return {
    files: () => files,
    loadFirst: async () => {
      const loaded = await reading()
      repeatable = files.every((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
      return loaded
    },
    isRepeatable: () => repeatable,
    load: async (inForce) => {
      const loaded = await reading(inForce)
      return hasProblems(loaded) ? fail(inOneLine(loaded)) : withDenyList(loaded, inForce)
    },
  }
}

interface From extends Pick<Shell, 'env'> {
  readonly file: string | undefined
  readonly loadAside: LoadAside
}

interface Reading {
  readonly loaded: Configuration | readonly Problem[]
  readonly read: readonly string[]
}

/** Here at the start. For a gate that runs, only what is read in no time; the rest on a thread. */
const load = async (
  { file, env, loadAside }: From,
  inForce: Settings | undefined,
): Promise<Reading> => {
  const read = new Set<string>()
  const onFile = (path: string): void => {
    read.add(path)
    if (inForce !== undefined && isLong(path)) throw new TakesLong()
  }
  try {
    const loaded = await loadConfiguration(file, { env }, { onFile, inForce })
    return { loaded, read: [...read] }
  } catch (error) {
    if (inForce === undefined || !(error instanceof TakesLong)) throw error
    const aside = await loadAside({ file, env: { ...env }, inForce })
    return { loaded: compile(aside.loaded), read: [...new Set([...read, ...aside.files])] }
  }
}

class TakesLong extends Error {}

/** Bytes that are parsed and checked within some milliseconds. */
const longBytes = 16_384

const isLong = (path: string): boolean =>
  (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > longBytes

/** What a thread sends is a copy, and not frozen. The table is made here; its routes were checked there. */
const compile = (loaded: AsideReply['loaded']): Configuration | readonly Problem[] =>
  'routes' in loaded
    ? { settings: deepFreeze(loaded), table: unwrap(compileRoutes(loaded.routes)) }
    : loaded

/** Files that are watched and read again each by itself. */
const selfReloading = ({ listen, denyList }: Settings): readonly (string | undefined)[] => {
  const files = listen.tls?.files
  return [denyList.path, files?.cert, files?.key, files?.clientCa]
}

/** A list that is watched already is not read again; another one is, between requests. */
const withDenyList = async (
  { settings, table }: Configuration,
  inForce: Settings,
): Promise<Result<Configuration, string>> => {
  const { path } = settings.denyList
  const denyList: Result<DenyListSettings, string> =
    path === undefined || path === inForce.denyList.path
      ? ok(inForce.denyList)
      : await readDenyList(path)
  return denyList.ok
    ? ok({ settings: Object.freeze({ ...settings, denyList: denyList.value }), table })
    : fail(`denyList.file: ${denyList.error}`)
}

const readDenyList = async (path: string): Promise<Result<DenyListSettings, string>> => {
  try {
    const list = await parseDenyListInSlices(await readFile(path, maxDenyListBytes))
    return list.ok ? ok({ path, tokens: list.value }) : fail(list.error.slice(0, 3).join('; '))
  } catch (error) {
    return fail((error as Error).message)
  }
}

/** Problems in a log line: as many as somebody reads there. `check` lists all. */
const maxListed = 5

const inOneLine = (problems: readonly Problem[]): string => {
  const lines = problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  const rest = lines.length - maxListed
  return [...lines.slice(0, maxListed), ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ')
}

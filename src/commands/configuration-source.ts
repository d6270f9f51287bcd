// The configuration of a gate that runs, to be read again: by the same loader as at the start, with what
// could hold up a running gate read in another way.
import { maxDenyListBytes, parseDenyListInSlices } from '../config/deny-list.ts'
import type { Problem } from '../config/load.ts'
import { fail, ok, type Result } from '../core/result.ts'
import type { DenyListSettings, Settings } from '../core/settings.ts'
import { readFile } from '../files/read-file.ts'
import type { Configuration, ConfigurationSource } from '../gate/configuration.ts'
import { hasProblems, loadConfiguration } from './configuration.ts'
import type { Shell } from './shell.ts'

export interface WatchedConfiguration extends ConfigurationSource {
  /** The first reading, with all that it says. */
  readonly loadFirst: () => Promise<Configuration | readonly Problem[]>
}

/** Makes the source of `--config FILE`, of CONFIG_FILE, or of the environment alone. */
export const createConfigurationSource = (
  file: string | undefined,
  shell: Pick<Shell, 'env'>,
): WatchedConfiguration => {
  let files: readonly string[] = []
  // Those of a broken reading are watched too: a file that was missing may come.
  const reading = async (inForce?: Settings): Promise<Configuration | readonly Problem[]> => {
    const read = new Set<string>()
    const loaded = await loadConfiguration(file, shell, {
      onFile: (path) => void read.add(path),
      inForce,
    })
    files = hasProblems(loaded)
      ? [...new Set([...files, ...read])]
      : [...read].filter((path) => !selfReloading(loaded.settings).includes(path))
    return loaded
  }
  return {
    files: () => files,
    loadFirst: () => reading(),
    load: async (inForce) => {
      const loaded = await reading(inForce)
      return hasProblems(loaded) ? fail(inOneLine(loaded)) : withDenyList(loaded, inForce)
    },
  }
}

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

// Loading the configuration for a command, and again for a gate that runs: settings and compiled routes,
// or every problem.
import { loadSettings, type LoadOptions, type Problem } from '../config/load.ts'
import type { Configuration } from '../gate/configuration.ts'
import { readExport } from '../openapi/read.ts'
import { compileRoutes, type RouteTable } from '../routing/table.ts'
import type { Shell } from './shell.ts'

/** Loads `file`, else CONFIG_FILE, else the environment alone; or gives every problem. */
export const loadConfiguration = async (
  file: string | undefined,
  shell: Pick<Shell, 'env'>,
  options: Pick<LoadOptions, 'onFile' | 'inForce'> = {},
): Promise<Configuration | readonly Problem[]> => {
  const routes: { table?: RouteTable } = {}
  const loaded = await loadSettings({
    ...options,
    file,
    env: shell.env,
    readExport,
    checkRoutes: (written) => {
      const compiled = compileRoutes(written)
      if (!compiled.ok) return compiled.error
      routes.table = compiled.value
      return []
    },
  })
  // Settings are only good when their routes are: then the table is there.
  return loaded.ok ? { settings: loaded.value, table: routes.table as RouteTable } : loaded.error
}

/** Whether loading found problems. */
export const hasProblems = (
  loaded: Configuration | readonly Problem[],
): loaded is readonly Problem[] => Array.isArray(loaded)

/** Problems of `what` as text for a person: a heading and one line each. */
export const describeProblems = (
  problems: readonly Problem[],
  what = 'the configuration',
): string => {
  const heading =
    problems.length === 1
      ? `cognito-gate: ${what} has a problem:`
      : `cognito-gate: ${what} has ${problems.length} problems:`
  const lines = problems.map(({ path, message }) =>
    path === '' ? `  ${message}` : `  ${path}: ${message}`,
  )
  return [heading, ...lines, ''].join('\n')
}

// Loads the configuration: defaults, then the file, then the environment; either complete, frozen
// settings or every problem at once. Reads files and nothing else; never throws for what they say.
import { fail, ok, type Result } from '../core/result.ts'
import type { RouteSettings, Settings } from '../core/settings.ts'
import { readAuthorizers, readEnvironmentAuthorizer, readRoutes } from './entries.ts'
import { environmentAuthorizer, readEnvironment, type Environment } from './environment.ts'
import { createResolver, readBytes } from './files.ts'
import { parseFile, type ParsedFile } from './formats.ts'
import {
  createProblems,
  inFileOrder,
  isWithin,
  type Problem,
  type Problems,
  type Report,
} from './problem.ts'
import { topTable } from './schema.ts'
import { assembleSettings, defaultRoutes, type Given } from './settings.ts'
import { checkStructure } from './structure.ts'
import { withDefaults } from './values.ts'

export type { Problem } from './problem.ts'

export interface LoadOptions {
  /** The file of `--config`; undefined takes the variable CONFIG_FILE, and without it no file. */
  readonly file: string | undefined
  /**
   * The environment; looked at are the variables of the schema, CONFIG_FILE, and for the fetching of keys
   * those of proxies and NODE_EXTRA_CA_CERTS.
   */
  readonly env: Readonly<Record<string, string | undefined>>
  /** What the route table finds wrong, so that all problems come at once. */
  readonly checkRoutes: (routes: readonly RouteSettings[]) => readonly Problem[]
}

/**
 * Settings, or all problems: in the order of the file, then those that have no place in it. A promise,
 * since some of what a configuration refers to can only be read asynchronously.
 */
export const loadSettings = (options: LoadOptions): Promise<Loaded> =>
  Promise.resolve(loadNow(options))

type Loaded = Result<Settings, readonly Problem[]>

const loadNow = (options: LoadOptions): Loaded => {
  const { env } = options
  const path = options.file ?? (env['CONFIG_FILE'] === '' ? undefined : env['CONFIG_FILE'])
  const problems = createProblems()
  const environment = readEnvironment(env, problems.report)
  const parsed = path === undefined ? ok(noFile) : readFile(path)
  if (!parsed.ok) return fail([...parsed.error, ...problems.all()])

  for (const problem of parsed.value.problems) problems.report(problem.path, problem.message)
  const fitting = checkStructure(topTable, parsed.value.data, '', problems.report)
  const top = withDefaults(topTable, fitting, environment.values)
  const given = { ...readEntries(top, environment, problems), env }
  const report = reportOnSound(given, environment, problems)
  const assembled = assembleSettings(given, { report, resolvePath: createResolver(path) })
  const routes = wantsDefaultRoutes(given, problems)
    ? defaultRoutes(given.authorizerNames, report)
    : assembled.routes
  if (routes.length > 0) {
    for (const problem of options.checkRoutes(routes)) report(problem.path, problem.message)
  }
  const found = problems.all()
  return found.length === 0
    ? ok(deepFreeze({ ...assembled, routes }))
    : fail(inFileOrder(found, parsed.value.order))
}

const noFile: ParsedFile = { data: {}, order: new Map(), problems: [] }

const readFile = (path: string): Result<ParsedFile, readonly Problem[]> => {
  const bytes = readBytes(path)
  return bytes.ok ? parseFile(bytes.value, path) : fail([{ path, message: bytes.error }])
}

const readEntries = (
  top: Given['top'],
  environment: Environment,
  problems: Problems,
): Omit<Given, 'env'> => {
  const names = Object.keys(top.authorizers)
  const fromFile = readAuthorizers(top.authorizers, problems.report)
  const fromEnvironment = readEnvironmentAuthorizer(environment, names, problems)
  const environmentAlone = names.length === 0 && environment.authorizerVariable !== undefined
  return {
    top,
    authorizers: [...fromFile, ...fromEnvironment],
    authorizerNames: environmentAlone ? [environmentAuthorizer] : names,
    routes: readRoutes(top.routes, problems.report),
  }
}

/**
 * Reports at the variable that set a value, if one did, and nothing about what is broken already,
 * itself or in part: a default took its place, and the operator never wrote that.
 */
const reportOnSound = (given: Given, environment: Environment, problems: Problems): Report => {
  const broken = problems.all().map(({ path }) => path)
  const ownAuthorizers = Object.keys(given.top.authorizers).length > 0
  return (path, message) => {
    const inFile = ownAuthorizers && isWithin(path, 'authorizers')
    const place = inFile ? path : environment.placeOf(path)
    const unsound = broken.some((other) => isWithin(place, other) || isWithin(other, place))
    if (!unsound) problems.report(place, message)
  }
}

const wantsDefaultRoutes = (given: Given, problems: Problems): boolean => {
  if (given.routes.length > 0 || problems.below('routes')) return false
  return given.authorizerNames.length > 0 || !problems.below('authorizers')
}

const deepFreeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null) return value
  Object.values(value).forEach(deepFreeze)
  return Object.freeze(value)
}

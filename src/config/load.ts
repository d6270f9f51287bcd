// Loads the configuration: defaults, then an API Gateway export, the file, the environment; either
// complete, frozen settings or every problem at once. Reads files and nothing else; never throws for
// what they say.
import { deepFreeze } from '../core/deep-freeze.ts'
import type { ReadExport } from '../core/exported-api.ts'
import { fail, ok, type Result } from '../core/result.ts'
import type { RouteSettings, Settings } from '../core/settings.ts'
import { readAuthorizers, readEnvironmentAuthorizer, readRoute, readRoutes } from './entries.ts'
import { environmentAuthorizer, readEnvironment, type Environment } from './environment.ts'
import { loadExport, mergeExport, noExport, type MergedExport } from './export.ts'
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
import type { SelfReloading } from './authorizer-settings.ts'
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
  /** Reads an API Gateway export. */
  readonly readExport: ReadExport
  /** Told the path of each file before it is read, whether it is there or not. */
  readonly onFile?: (path: string) => void
  /** What a gate runs by that reads its configuration again. */
  readonly inForce?: SelfReloading | undefined
}

/** Settings, or all problems: in the order of the file, then those that have no place in it. */
export const loadSettings = async (options: LoadOptions): Promise<Loaded> => {
  const { env } = options
  const path = options.file ?? (env['CONFIG_FILE'] === '' ? undefined : env['CONFIG_FILE'])
  const parsed = path === undefined ? ok(noFile) : readFile(path, options)
  if (!parsed.ok) {
    const problems = createProblems()
    readEnvironment(env, problems.report)
    return fail([...parsed.error, ...problems.all()])
  }
  const resolvePath = createResolver(path, options.onFile)
  const { data } = parsed.value
  const merged = await withExport(data, resolvePath, options.readExport)
  // Without the export, what it would have brought is not missing.
  if (!merged.ok) return fail([...problemsOfFile(parsed.value), ...merged.error])
  return assemble(parsed.value, merged.value, { ...options, resolvePath })
}

/** Settings of a configuration's text, which names no export. `name` is what messages call it. */
export const loadText = (
  text: string,
  name: string,
  options: Pick<LoadOptions, 'env' | 'checkRoutes'>,
): Loaded => {
  const parsed = parseFile(Buffer.from(text), name)
  const resolvePath = createResolver(undefined)
  return parsed.ok
    ? assemble(parsed.value, noExport(parsed.value.data), { ...options, resolvePath })
    : parsed
}

type Loaded = Result<Settings, readonly Problem[]>

const problemsOfFile = ({ data, order, problems: first }: ParsedFile): readonly Problem[] => {
  const problems = createProblems()
  for (const problem of first) problems.report(problem.path, problem.message)
  checkStructure(topTable, data, '', problems.report)
  return inFileOrder(problems.all(), order)
}

const withExport = async (
  data: ParsedFile['data'],
  resolvePath: (path: string) => string,
  readExport: ReadExport,
): Promise<Result<MergedExport, readonly Problem[]>> => {
  const { openapi: given, apiType } = data
  if (typeof given !== 'string' || given === '') return ok(noExport(data))
  const place = { given, path: resolvePath(given) }
  const api = await loadExport(place, apiType === 'HTTP' ? 'HTTP' : 'REST', readExport)
  return api.ok ? ok(mergeExport(data, api.value, given)) : api
}

interface Assembling extends Pick<LoadOptions, 'env' | 'checkRoutes' | 'inForce'> {
  readonly resolvePath: (path: string) => string
}

const assemble = (parsed: ParsedFile, merged: MergedExport, options: Assembling): Loaded => {
  const problems = createProblems()
  const environment = readEnvironment(options.env, problems.report)
  for (const problem of parsed.problems) problems.report(problem.path, problem.message)
  const fitting = checkStructure(topTable, merged.data, '', problems.report)
  const top = withDefaults(topTable, fitting, environment.values)
  const given = { ...readEntries(top, merged, environment, problems), env: options.env }
  const report = reportOnSound(given, environment, problems)
  const { resolvePath, inForce } = options
  const assembled = assembleSettings(given, { report, resolvePath, inForce })
  const routes = wantsDefaultRoutes(given, problems)
    ? defaultRoutes(given.authorizerNames, given.top.enforcement, report)
    : assembled.routes
  if (routes.length > 0) {
    for (const problem of options.checkRoutes(routes)) report(problem.path, problem.message)
  }
  const found = problems.all()
  return found.length === 0
    ? ok(deepFreeze({ ...assembled, routes }))
    : fail(inFileOrder(found, parsed.order))
}

const noFile: ParsedFile = { data: {}, order: new Map(), problems: [] }

const readFile = (
  path: string,
  { onFile }: Pick<LoadOptions, 'onFile'>,
): Result<ParsedFile, readonly Problem[]> => {
  onFile?.(path)
  const bytes = readBytes(path)
  return bytes.ok ? parseFile(bytes.value, path) : fail([{ path, message: bytes.error }])
}

const readEntries = (
  top: Given['top'],
  { routes, notes }: MergedExport,
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
    routes: [
      ...readRoutes(top.routes, problems.report),
      ...routes.flatMap(({ entry, origin }) => readRoute(entry, origin, problems.report)),
    ],
    exportNotes: notes,
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
  if (given.top.openapi !== '') return false
  if (given.routes.length > 0 || problems.below('routes')) return false
  return given.authorizerNames.length > 0 || !problems.below('authorizers')
}

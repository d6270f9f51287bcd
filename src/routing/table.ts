// Compiles the routes of the configuration into the table that requests are matched against, and
// refuses what cannot mean what it says: duplicates and routes that no request reaches.
import { fail, ok, type Result } from '../core/result.ts'
import type { Access, Route } from '../core/route.ts'
import type { RouteSettings } from '../core/settings.ts'
import type { RouteIndex } from './match.ts'
import { createProtectionIds } from './protection.ts'
import { createReachability, type Obstacle, type Place } from './reachability.ts'
import { parseTemplate, templateForms, templateShape, type TemplateSegment } from './template.ts'
import { createTrie, entriesInOrder, insert, type Entry, type Methods } from './trie.ts'

/** Something wrong with an entry of `routes`. */
export interface RouteProblem {
  /** The key, as the operator finds it: `routes[2].path`. */
  readonly path: string
  readonly message: string
}

export interface RouteTable extends RouteIndex {
  /** One per method of an entry, in the order written; each `index` is its position. */
  readonly routes: readonly Route[]
}

/**
 * Compiles routes. Fails with every problem at once: templates that say nothing, two routes for the
 * same requests, routes that no request reaches.
 */
export const compileRoutes = (
  settings: readonly RouteSettings[],
): Result<RouteTable, readonly RouteProblem[]> => {
  const draft = createDraft()
  const problems = settings.flatMap((written) => addRoutes(draft, written))
  const index = indexOf(draft)
  problems.push(...unreachableRoutes(draft, index))
  if (problems.length > 0) return fail(problems)
  return ok({ ...index, routes: [...draft.origins.keys()] })
}

/** The routes in matching order: what is tried first comes first, `$default` last. */
export const orderedRoutes = (table: RouteTable): readonly Route[] => [
  ...entriesInOrder(table.exact).map(({ route }) => route),
  ...(table.fallback === undefined ? [] : [table.fallback.route]),
]

/** API Gateway's word for the route of every path and method that no other route takes. */
const defaultPath = '$default'

/** What has been compiled so far. */
interface Draft {
  readonly protectionOf: (route: Pick<Route, 'access' | 'enforcement'>) => number
  /** Every route that stands, with where the operator wrote it. */
  readonly origins: Map<Route, string>
  readonly places: Place[]
  /** By shape, so that templates that differ only in parameter names are one. */
  readonly templates: Map<string, Template>
  fallback: Entry | undefined
}

interface Template {
  readonly segments: readonly TemplateSegment[]
  readonly methods: Methods
}

const createDraft = (): Draft => ({
  protectionOf: createProtectionIds(),
  origins: new Map(),
  places: [],
  templates: new Map(),
  fallback: undefined,
})

const addRoutes = (draft: Draft, written: RouteSettings): RouteProblem[] => {
  if (written.path === defaultPath) return addDefault(draft, written)
  const parsed = parseTemplate(written.path)
  if (!parsed.ok) return parsed.error.map((message) => pathProblem(written.origin, message))
  const template = templateOf(draft, parsed.value)
  return written.methods.flatMap((method) => {
    const earlier = method === 'ANY' ? template.methods.any : template.methods.byName.get(method)
    if (earlier !== undefined) return [duplicate(draft, written, earlier.route)]
    const entry = addEntry(draft, written, method)
    if (method === 'ANY') template.methods.any = entry
    else template.methods.byName.set(method, entry)
    draft.places.push({ entry, template: parsed.value })
    return []
  })
}

const addDefault = (draft: Draft, written: RouteSettings): RouteProblem[] => {
  if (written.methods.some((method) => method !== 'ANY')) {
    const message = `${written.methods.join(', ')} is not possible: "$default" takes every method, so the only word is ANY`
    return [{ path: `${written.origin}.method`, message }]
  }
  if (draft.fallback !== undefined) return [duplicate(draft, written, draft.fallback.route)]
  draft.fallback = addEntry(draft, written, 'ANY')
  return []
}

const addEntry = (draft: Draft, written: RouteSettings, method: string): Entry => {
  const { path } = written
  const route: Route = {
    index: draft.origins.size,
    label: path === defaultPath ? path : `${method} ${path}`,
    method,
    path,
    access: accessOf(written),
    enforcement: written.enforcement,
    responseTimeoutMs: written.responseTimeoutMs,
    allowEncodedSlash: written.allowEncodedSlash,
    requestParameters: written.requestParameters,
    mock: written.mock,
  }
  draft.origins.set(route, written.origin)
  return { route, protection: draft.protectionOf(route) }
}

const accessOf = ({ access, scopes, groups, claims }: RouteSettings): Access => {
  if (access === 'NONE') return { kind: 'public' }
  if (access === 'DENY') return { kind: 'denied' }
  return { kind: 'token', authorizer: access.authorizer, scopes, groups, claims }
}

const templateOf = (draft: Draft, segments: readonly TemplateSegment[]): Template => {
  const shape = templateShape(segments)
  const known = draft.templates.get(shape)
  if (known !== undefined) return known
  const template = { segments, methods: { byName: new Map(), any: undefined } }
  draft.templates.set(shape, template)
  return template
}

const indexOf = ({ templates, fallback }: Draft): RouteIndex => {
  const exact = createTrie()
  const loose = createTrie()
  let formsDiffer = false
  let longest = 0
  for (const { segments, methods } of templates.values()) {
    const forms = templateForms(segments)
    formsDiffer ||= forms.length > 1
    longest = Math.max(longest, segments.length)
    insert(exact, segments, methods)
    for (const form of forms) insert(loose, form, methods)
  }
  return { exact, loose: formsDiffer ? loose : exact, fallback, longest }
}

const unreachableRoutes = (draft: Draft, index: RouteIndex): readonly RouteProblem[] => {
  const obstacleTo = createReachability(index, draft.places)
  return draft.places.flatMap((place) => {
    const { route } = place.entry
    const obstacle = obstacleTo(place)
    if (obstacle === undefined) return []
    const other = describe(draft, obstacle.by)
    const message = `${route.label} can never be reached: ${obstacleTexts[obstacle.kind](other)}`
    return [pathProblem(String(draft.origins.get(route)), message)]
  })
}

const obstacleTexts = {
  taken: (other) => `more specific routes take all its requests, such as ${other}`,
  ambiguous: (other) =>
    `its requests are refused as ambiguous, since an upstream that ignores case or a trailing slash would read them as ${other}, which has another protection`,
} satisfies Record<Obstacle['kind'], (other: string) => string>

const duplicate = (draft: Draft, written: RouteSettings, earlier: Route): RouteProblem =>
  pathProblem(written.origin, `takes the same requests as ${describe(draft, earlier)}`)

const pathProblem = (origin: string, message: string): RouteProblem => ({
  path: `${origin}.path`,
  message,
})

const describe = (draft: Draft, route: Route): string =>
  `${String(draft.origins.get(route))} (${route.label})`

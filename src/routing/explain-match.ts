// Tells the story of a match for people: which templates were passed over and why, what the parameters
// took, and which other reading made it ambiguous. It explains what match.ts decides, and decides nothing.
import { unwrap } from '../core/result.ts'
import type { Route } from '../core/route.ts'
import { foldCase, readingsOf } from './fold.ts'
import { findRival, selectEntry } from './match.ts'
import { pathValue } from './request-view.ts'
import { orderedRoutes, type RouteTable } from './table.ts'
import type { Target } from './target.ts'
import { parseTemplate, templateShape, type TemplateSegment } from './template.ts'
import type { Entry } from './trie.ts'

/** A template that did not take a request, with all the methods that it has. */
export interface PassedOver {
  /** The template: `/orders/{orderId}`. */
  readonly path: string
  readonly methods: readonly string[]
  /** How many leading segments of the path fit; one more than it has when only the method is missing. */
  readonly fits: number
  /** One line for a person. It quotes segments of the path, never the query. */
  readonly why: string
}

export interface MatchStory {
  /** The route that path and method select, be the request refused as ambiguous or not. */
  readonly selected: Route | undefined
  /** In matching order: the templates before the selected one; all of them when there is none. */
  readonly passedOver: readonly PassedOver[]
  /** What the selected template's parameters took, by name. */
  readonly parameters: Readonly<Record<string, string>>
  /** Why `matchRoute` says `target_ambiguous`, in words; undefined when it does not. */
  readonly ambiguity: string | undefined
}

/** Explains what `matchRoute` says of the same request. */
export const explainMatch = (table: RouteTable, method: string, target: Target): MatchStory => {
  const selected = selectEntry(table, method, target)
  const templates = templatesInOrder(table)
  const place = templates.findIndex(({ routes }) => routes.some((one) => one === selected?.route))
  const before = place === -1 ? templates : templates.slice(0, place)
  return {
    selected: selected?.route,
    passedOver: before.map((template) => passOver(template, method, target.segments)),
    parameters: selected === undefined ? {} : parametersOf(selected.route, target),
    ambiguity: ambiguityOf(table, { method, target, selected }),
  }
}

/** Routes whose templates differ in nothing but names. */
interface Template {
  /** As the first of them has it. */
  readonly path: string
  readonly segments: readonly TemplateSegment[]
  readonly routes: readonly Route[]
}

const templatesInOrder = (table: RouteTable): readonly Template[] => {
  const byShape = new Map<string, Template & { readonly routes: Route[] }>()
  for (const route of orderedRoutes(table)) {
    // `$default` is no template, and nothing comes after it.
    if (!route.path.startsWith('/')) continue
    const segments = unwrap(parseTemplate(route.path))
    const shape = templateShape(segments)
    const known = byShape.get(shape)
    if (known === undefined) byShape.set(shape, { path: route.path, segments, routes: [route] })
    else known.routes.push(route)
  }
  return [...byShape.values()]
}

const passOver = (template: Template, method: string, path: readonly string[]): PassedOver => {
  const { path: written, segments, routes } = template
  const methods = routes.map((route) => route.method)
  const fits = fittingSegments(segments, path)
  const common = { path: written, methods }
  if (fits === undefined) {
    const why = `has ${methods.join(', ')}, and not ${method}`
    return { ...common, fits: path.length + 1, why }
  }
  return { ...common, fits, why: describeMiss(segments[fits], path[fits], fits + 1) }
}

/** How many leading segments fit; undefined when the template takes the path. */
const fittingSegments = (
  segments: readonly TemplateSegment[],
  path: readonly string[],
): number | undefined => {
  for (const [index, segment] of segments.entries()) {
    const found = path[index]
    const fits = segment.kind === 'literal' ? found === segment.text : Boolean(found)
    if (!fits) return index
    if (segment.kind === 'greedy') return undefined
  }
  return path.length === segments.length ? undefined : segments.length
}

const describeMiss = (
  wanted: TemplateSegment | undefined,
  found: string | undefined,
  position: number,
): string => {
  if (wanted === undefined) {
    return found === '' ? 'has no slash at its end' : `ends before segment ${position}`
  }
  const text = textOf(wanted)
  if (found === undefined) return text === '' ? 'has a slash at its end' : `goes on with ${text}`
  if (wanted.kind !== 'literal') return `needs something in place of ${text}`
  if (text === '') return `ends before segment ${position}`
  const differs = `segment ${position} is ${quote(found)}, not ${quote(text)}`
  return foldCase(found) === foldCase(text) ? `${differs}; case counts` : differs
}

const textOf = (segment: TemplateSegment): string => {
  switch (segment.kind) {
    case 'literal':
      return segment.text
    case 'parameter':
      return `{${segment.name}}`
    case 'greedy':
      return `{${segment.name}+}`
  }
}

const parametersOf = (route: Route, target: Target): Readonly<Record<string, string>> => {
  const names = [...route.path.matchAll(/\{([^}+]+)\+?\}/g)].map(([, name]) => name as string)
  return Object.fromEntries(names.map((name) => [name, pathValue(route, target, name) as string]))
}

interface Matched {
  readonly method: string
  readonly target: Target
  readonly selected: Entry | undefined
}

const ambiguityOf = (
  table: RouteTable,
  { method, target, selected }: Matched,
): string | undefined => {
  if (selected === undefined) {
    return target.encodedSlash ? 'the path holds %2F, and no route takes it' : undefined
  }
  const { route } = selected
  if (target.encodedSlash && !route.allowEncodedSlash) {
    return `the path holds %2F, which ${route.label} does not allow (allowEncodedSlash)`
  }
  for (const reading of target.foldDiffers ? readingsOf(target.segments) : [target.segments]) {
    const rival = findRival(table, method, [reading], selected)
    if (rival === undefined) continue
    const read = quote(`/${reading.join('/')}`)
    return `the path selects ${route.label}, but an upstream that ignores case, ";…", the escape of %2F or a last slash may read it as ${read} and take it for ${rival.route.label}, which asks for something else`
  }
  return undefined
}

/** As a JSON string, so that invisible characters show; cut when it is long. */
const quote = (text: string): string =>
  JSON.stringify(text.length > maxQuoted ? `${text.slice(0, maxQuoted)}…` : text)

const maxQuoted = 120

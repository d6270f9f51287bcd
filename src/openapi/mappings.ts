// The requestParameters of an integration. Headers are carried over; what leaves path and query as
// they are needs nothing; whatever would change them is refused, since the gate forwards them as they
// were matched.
import { fail, ok, type Result } from '../core/result.ts'
import type { ApiType } from './api-type.ts'
import type { ExportFault } from '../core/exported-api.ts'
import { entriesOf, isGiven, isPlainMap } from './plain.ts'
import { shown } from '../core/shown.ts'
import { below } from './pointer.ts'
import { isHttpValue, isRestValue } from './references.ts'

export interface Mappings {
  /** A route's `requestParameters`. */
  readonly headers: Readonly<Record<string, string>>
  /** Parameters of the integration's path, to those of the route's. */
  readonly pathNames: ReadonlyMap<string, string>
  /** Whether `overwrite:path` puts the request's own path in place of the integration's. */
  readonly isPathKept: boolean
}

/** What becomes of the mappings at `pointer`, or the first that cannot be carried over. */
export const mappingsOf = (
  given: unknown,
  pointer: string,
  apiType: ApiType,
): Result<Mappings, ExportFault> => {
  if (!isPlainMap(given)) {
    return isGiven(given)
      ? fail({ pointer, message: `${shown(given)} is no map of mappings` })
      : ok({ headers: {}, pathNames: new Map(), isPathKept: false })
  }
  const parts: Part[] = []
  for (const [key, value] of entriesOf(given)) {
    const part = typeof value === 'string' ? partOf[apiType](key, value) : undefined
    if (part === undefined) {
      const message = `maps ${shown(key)} to ${shown(value)}, which the gate cannot do`
      return fail({ pointer: below(pointer, key), message })
    }
    parts.push(part)
  }
  return ok({
    headers: Object.fromEntries(parts.flatMap((part) => (part.header ? [part.header] : []))),
    pathNames: new Map(parts.flatMap((part) => (part.pathName ? [part.pathName] : []))),
    isPathKept: parts.some((part) => part.isPathKept === true),
  })
}

/** What one mapping comes to; nothing when it changes nothing. */
interface Part {
  readonly header?: readonly [string, string]
  readonly pathName?: readonly [string, string]
  readonly isPathKept?: true
}

const restPart = (key: string, value: string): Part | undefined => {
  const [, place, name = ''] = /^integration\.request\.(\w+)\.(.+)$/.exec(key) ?? []
  if (place === 'header') return isRestValue(value) ? { header: [key, value] } : undefined
  if (place === 'path') {
    const own = /^method\.request\.path\.(.+)$/.exec(value)?.[1]
    return own === undefined ? undefined : { pathName: [name, own] }
  }
  const isQuery = place === 'querystring' || place === 'multivaluequerystring'
  const own = /^method\.request\.(?:multivalue)?querystring\.(.+)$/.exec(value)?.[1]
  return isQuery && own === name ? {} : undefined
}

const httpPart = (key: string, value: string): Part | undefined => {
  if (key === 'overwrite:path') return value === '$request.path' ? { isPathKept: true } : undefined
  const [, action, place, name = ''] =
    /^(overwrite|append|remove):(header|querystring)\.(.+)$/.exec(key) ?? []
  if (place === 'querystring') {
    const isSame = action === 'overwrite' && value === `$request.querystring.${name}`
    return isSame ? {} : undefined
  }
  if (place === undefined) return undefined
  if (action === 'remove') return { header: [key, ''] }
  return isHttpValue(value) ? { header: [key, value] } : undefined
}

const partOf = { REST: restPart, HTTP: httpPart } satisfies Record<
  ApiType,
  (key: string, value: string) => Part | undefined
>

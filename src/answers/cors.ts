// CORS as an HTTP API of API Gateway does it: what a browser is told by the answer to its preflight,
// and by every other answer. Header lines in, header lines out; it answers nothing by itself.
import type { RequestFacts } from '../core/request.ts'
import type { CorsSettings } from '../core/settings.ts'

export interface Cors {
  /**
   * The header lines (flat: name, value…) of the answer to a preflight, without any that allow
   * something if the origin is not an allowed one. Undefined for a request that is no preflight:
   * that takes the method OPTIONS, `Origin` and `Access-Control-Request-Method` (Fetch, "CORS-preflight
   * request").
   */
  readonly preflight: (request: Pick<RequestFacts, 'method' | 'rawHeaders'>) => string[] | undefined
  /**
   * The header lines of an answer with CORS said anew: what they said of it is gone, as API Gateway
   * ignores the headers of its integration, and an allowed origin is told so.
   *
   * @param rawHeaders - of the request
   */
  readonly dress: (lines: readonly string[], rawHeaders: readonly string[]) => string[]
}

export const createCors = (settings: CorsSettings): Cors => {
  const { allowMethods, allowHeaders, exposeHeaders, maxAge } = settings
  const allowed = createAllowed(settings)
  return {
    preflight: ({ method, rawHeaders }) => {
      if (method !== 'OPTIONS' || valuesOf(rawHeaders, 'origin').length === 0) return undefined
      const methods = valuesOf(rawHeaders, 'access-control-request-method')
      if (methods.length === 0) return undefined
      const lines = ['vary', 'Origin']
      const origin = allowed(rawHeaders)
      if (origin.length === 0) return lines
      const headers = valuesOf(rawHeaders, 'access-control-request-headers')
      lines.push(...origin)
      addList(lines, 'access-control-allow-methods', asked(allowMethods, methods))
      addList(lines, 'access-control-allow-headers', asked(allowHeaders, headers))
      if (maxAge !== undefined) lines.push('access-control-max-age', String(maxAge))
      return lines
    },
    dress: (lines, rawHeaders) => {
      const dressed = lines.filter((_, index) => !isCors(lines[index & ~1] as string))
      // In answers without CORS too, and for the origin `*`: a cache would else give a page an answer
      // that was made for no page, or for another one.
      if (!variesByOrigin(dressed)) dressed.push('vary', 'Origin')
      const origin = allowed(rawHeaders)
      dressed.push(...origin)
      if (origin.length > 0) addList(dressed, 'access-control-expose-headers', exposeHeaders)
      return dressed
    },
  }
}

/** Makes the lines that say who may read an answer; none when the request's origin may not. */
const createAllowed = ({ allowOrigins, allowCredentials }: CorsSettings) => {
  const exact = new Set(allowOrigins)
  const credentials = allowCredentials ? ['access-control-allow-credentials', 'true'] : []
  const named = (origin: string): string | undefined => {
    if (exact.has('*')) return '*'
    if (exact.has(origin)) return origin
    const scheme = /^(https?:\/\/)[\w.~:[\]-]+$/.exec(origin)?.[1]
    return scheme !== undefined && exact.has(`${scheme}*`) ? origin : undefined
  }
  return (rawHeaders: readonly string[]): readonly string[] => {
    const [origin, ...others] = valuesOf(rawHeaders, 'origin')
    // Of two origins a browser has sent one at the most.
    const name = origin === undefined || others.length > 0 ? undefined : named(origin)
    return name === undefined ? [] : ['access-control-allow-origin', name, ...credentials]
  }
}

/**
 * What is allowed of what was asked for. `*` is answered with what was asked, since browsers take it
 * by its letter beside credentials, and never count `Authorization` under it.
 */
const asked = (allowed: readonly string[], values: readonly string[]): readonly string[] =>
  allowed.includes('*') ? membersOf(values).filter(isToken) : allowed

const addList = (lines: string[], name: string, members: readonly string[]): void => {
  if (members.length > 0) lines.push(name, members.join(','))
}

const isCors = (name: string): boolean => name.toLowerCase().startsWith('access-control-')

const variesByOrigin = (lines: readonly string[]): boolean =>
  membersOf(valuesOf(lines, 'vary')).some((name) => name === '*' || /^origin$/i.test(name))

const membersOf = (values: readonly string[]): readonly string[] =>
  values.flatMap((value) => value.split(',')).map((member) => member.trim())

/** RFC 9110 §5.6.2. */
const isToken = (text: string): boolean => /^[\w!#$%&'*+.^`|~-]+$/.test(text)

const valuesOf = (lines: readonly string[], name: string): readonly string[] =>
  lines.filter((_, index) => index % 2 === 1 && lines[index - 1]?.toLowerCase() === name)

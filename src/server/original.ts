// Which request an edge proxy asks about: the three ways in which such proxies tell it, one path each.
// What one way needs is read exactly; what belongs to another way is not looked at.
import { METHODS } from '../node-http.ts'
import { deny, isDenial, type Denial } from '../core/denial.ts'
import type { RequestFacts } from '../core/request.ts'
import { readHandshake } from '../proxy/websocket-handshake.ts'

/** `original`: nginx. `forwarded`: Traefik, Caddy, HAProxy. `request`: Envoy. */
export type Way = 'original' | 'forwarded' | 'request'

/** The way that a request-target of the decision listener stands for; undefined for none. */
export const wayOf = (url: string): Way | undefined => {
  if (url.startsWith('/auth/request/')) return 'request'
  // A rewrite of an edge proxy's may leave the client's query behind the path.
  const [path] = url.split('?', 1)
  if (path === '/auth/original') return 'original'
  return path === '/auth/forwarded' ? 'forwarded' : undefined
}

/**
 * The facts of the original request. `request_malformed` when what tells it is missing, doubled, at odds
 * with itself, or no method that the data listener would take.
 */
export const readOriginal = (facts: RequestFacts, way: Way): RequestFacts | Denial => {
  const told = readers[way](facts)
  if (isDenial(told)) return told
  if (!methods.has(told.method)) return malformed('method of the original request')
  // Proxies ask without the body and, mostly, without Upgrade; what is left of a handshake are the
  // headers that no page's script can set (Fetch, "forbidden request-header").
  const original: RequestFacts = {
    ...facts,
    ...told,
    httpVersion: '1.1',
    hasBody: false,
    contentLength: undefined,
  }
  const handshake = readHandshake(original)
  return isDenial(handshake) ? original : { ...original, webSocket: handshake }
}

interface Told {
  readonly method: string
  readonly target: string
}

/** CONNECT is no request for a resource, on the data listener either. */
const methods: ReadonlySet<string> = new Set(METHODS.filter((method) => method !== 'CONNECT'))

const readers: Readonly<Record<Way, (facts: RequestFacts) => Told | Denial>> = {
  original: ({ rawHeaders }) => {
    const method = one(rawHeaders, 'x-original-method')
    const uri = atMostOne(rawHeaders, 'x-original-uri')
    const url = atMostOne(rawHeaders, 'x-original-url')
    if (isDenial(method)) return method
    if (isDenial(uri)) return uri
    if (isDenial(url)) return url
    const target = url === undefined ? undefined : targetOf(url)
    if (isDenial(target)) return target
    // A client may have sent one of them, and the proxy the other: only equal ones have one meaning.
    if (uri !== undefined && target !== undefined && uri !== target) {
      return malformed('X-Original-URI and X-Original-URL disagree')
    }
    const told = uri ?? target
    return told === undefined ? malformed('X-Original-URI missing') : { method, target: told }
  },
  forwarded: ({ rawHeaders }) => {
    const method = one(rawHeaders, 'x-forwarded-method')
    const target = one(rawHeaders, 'x-forwarded-uri')
    if (isDenial(method)) return method
    return isDenial(target) ? target : { method, target }
  },
  request: ({ method, target }) => ({ method, target: target.slice('/auth/request'.length) }),
}

/**
 * What stands behind the authority of a URL. The authority is a client's `Host`: one that holds `?` or
 * `#` would hide the path from others. One with a `/` is refused by nginx, and cannot be told here.
 */
const targetOf = (url: string): string | Denial => {
  const match = /^https?:\/\/(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(\/.*)$/.exec(url)
  return match?.[1] ?? malformed('X-Original-URL')
}

const one = (rawHeaders: readonly string[], name: string): string | Denial =>
  atMostOne(rawHeaders, name) ?? malformed(`${name} missing`)

/** An empty line counts as one: a proxy says something there, or it is not the proxy's. */
const atMostOne = (rawHeaders: readonly string[], name: string): string | Denial | undefined => {
  const values = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name,
  )
  return values.length > 1 ? malformed(`${name} repeated`) : values[0]
}

const malformed = (cause: string): Denial => deny('request_malformed', { cause })

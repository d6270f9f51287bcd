// Holds each request that the upstream got against the one that was sent: the same path, the same body
// framed once, no header that was not sent, identity from the token alone, and each at most once.
import type { WholeRequest } from '../strict-request.ts'
import type { Tokens } from './draft.ts'
import type { SentRequest } from './sent.ts'

export interface Oracle {
  /** Call before the bytes are sent. */
  readonly expect: (requests: readonly SentRequest[]) => void
  /** Judges what the upstream got; '' is right. */
  readonly judge: (request: WholeRequest) => string
  /** Whether a request with this id has reached the upstream. */
  readonly reached: (id: string) => boolean
}

/** The values of `X-Case`, which name a request. */
export const idOf = ({ headers }: Pick<SentRequest, 'headers'>): string =>
  headers
    .filter(([name]) => name.toLowerCase() === 'x-case')
    .map(([, value]) => value)
    .join()

const keyOf = (request: Pick<SentRequest, 'headers' | 'method' | 'target'>): string =>
  `${request.method} ${request.target} ${idOf(request)}`

export const createOracle = (tokens: Tokens): Oracle => {
  const awaited = new Map<string, SentRequest[]>()
  const arrived = new Set<string>()
  return {
    expect: (requests) => {
      for (const request of requests) {
        const key = keyOf(request)
        awaited.set(key, [...(awaited.get(key) ?? []), request])
      }
    },
    judge: (request) => {
      const candidates = awaited.get(keyOf(request)) ?? []
      // Nobody sent this path, or it came twice.
      let fault = 'not sent, or sent once and seen twice'
      // One that lost its id may be any of several.
      for (const [index, sent] of candidates.entries()) {
        fault = judgeAgainst(request, sent, tokens)
        if (fault !== '') continue
        candidates.splice(index, 1)
        arrived.add(idOf(request))
        return ''
      }
      return fault
    },
    reached: (id) => arrived.has(id),
  }
}

const judgeAgainst = (request: WholeRequest, sent: SentRequest, tokens: Tokens): string =>
  judgeBody(request, sent) || judgeHeaders(request, sent) || judgeIdentity(request, sent, tokens)

const judgeBody = (request: WholeRequest, sent: SentRequest): string => {
  if (request.body !== sent.body) return 'another body'
  const same = request.framing === sent.framing
  return same || sent.body === '' ? '' : `framed by ${request.framing}, not by ${sent.framing}`
}

/** What CGI makes of a name. */
const fold = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '_')

/** The gate's own words, in these spellings. */
const own =
  /^(?:host|content-length|transfer-encoding|connection|x-request-id|x-forwarded-(?:for|proto|host)|x-claim-(?:issuer|sub|username|email|email-verified|groups|scope|client-id))$/

/** Nothing that frames, routes or is between two hops passes from the client. */
const never =
  /^(?:transfer_encoding|content_length|te|trailer|upgrade|keep_alive|proxy_connection|proxy_authorization|proxy|http2_settings|expect|x_http_method|x_http_method_override|x_original_(?:url|uri|method)|x_rewrite_url|x_forwarded_(?:uri|prefix|method)|forwarded|x_gate_.*|x_real_ip)$/

const judgeHeaders = (request: WholeRequest, sent: SentRequest): string => {
  for (const [name, value] of request.headers) {
    // One hop fewer than was sent (RFC 9110 §7.6.2).
    if (own.test(name.toLowerCase()) || name.toLowerCase() === 'max-forwards') continue
    if (never.test(fold(name)) || own.test(fold(name).replaceAll('_', '-'))) return `passed ${name}`
    if (!sent.headers.some(([given, its]) => given === name && its === value)) return `made ${name}`
  }
  const forwarded = request.headers.find(([name]) => name.toLowerCase() === 'x-forwarded-for')
  return forwarded?.[1] === '127.0.0.1' ? '' : `X-Forwarded-For: ${forwarded?.[1] ?? ''}`
}

const identityFold = /^x_claim_(?:issuer|sub|username|email|email_verified|groups|scope|client_id)$/

const judgeIdentity = (request: WholeRequest, sent: SentRequest, tokens: Tokens): string => {
  const place = placeOf(sent.target)
  if (place === undefined) return 'read in two ways'
  const given = sent.headers.filter(([name]) => name.toLowerCase() === 'authorization')
  const token = given.length === 1 ? given[0]![1].replace(/^bearer +/i, '') : ''
  const good = tokens.good.get(token)
  if (place !== 'public' && good === undefined) return 'forwarded without a token'
  if (place === 'admin' && good?.admin !== true) return 'forwarded for somebody who may not'
  const want = place === 'public' ? {} : (good?.headers ?? {})
  const seen = request.headers.filter(([name]) => identityFold.test(fold(name)))
  const got = seen.map(([name, value]) => `${name.toLowerCase()}: ${value}`).sort()
  const wanted = Object.entries(want).map(([name, value]) => `${name}: ${value}`)
  return got.join('\n') === wanted.sort().join('\n') ? '' : `identity: ${got.join('; ')}`
}

/**
 * The first segment of a path, if the plainest and the most liberal reader find the same one: decoded
 * once, or again and again; with `\` for `/`, parameters cut, dots resolved, case ignored.
 */
const placeOf = (target: string): string | undefined => {
  const path = target.replace(/\?.*/s, '')
  const plain = decode(path.split('/')[1] ?? '')
  return /^(?:public|protected|admin)$/.test(plain) && liberal(path) === plain ? plain : undefined
}

const decode = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))

const liberal = (path: string): string => {
  let text = path
  for (let decoded = decode(text); decoded !== text; decoded = decode(text)) text = decoded
  const walked: string[] = []
  for (const segment of text
    .replaceAll('\\', '/')
    .replace(/[\0#].*/s, '')
    .split('/')) {
    const name = segment.replace(/;.*/s, '').toLowerCase()
    if (name === '..') walked.pop()
    else if (name !== '' && name !== '.') walked.push(name)
  }
  return walked[0] ?? ''
}

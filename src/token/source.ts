// Finds the one token of a request and checks its spelling. It decodes nothing of the token and
// trusts nothing in it: what comes out is a text that has the shape of a compact JWS.
import { deny, type Denial } from '../core/denial.ts'
import type { IdentitySource } from '../core/settings.ts'

/** The parts of a request that can hold a token. */
export interface TokenBearer {
  /** Header lines as received, flat: name, value, name, value… */
  readonly rawHeaders: readonly string[]
  /** '' or '?…', as received. */
  readonly query: string
}

/**
 * The token of a request, without its scheme. The source may hold it raw or after one `Bearer` in any
 * case (RFC 9110 §11.1) and one or more spaces (RFC 6750 §2.1).
 *
 * - `token_missing`: no such header or parameter, or an empty one
 * - `token_duplicated`: two header lines or two parameters of the name, even if they are equal
 * - `token_too_large`: longer than `maxTokenBytes`; found before anything is decoded
 * - `token_malformed`: not three base64url parts in their one canonical spelling (RFC 4648 §3.5), so
 *   that a token cannot fill a cache under many spellings
 */
export const readToken = (
  request: TokenBearer,
  source: IdentitySource,
  maxTokenBytes: number,
): string | Denial => {
  const found = readCredentials(request, source, maxTokenBytes)
  return typeof found === 'string' && !isCompactJws(found) ? deny('token_malformed') : found
}

/** As `readToken`, but for the spelling: what this gives may be any text, and is to be checked. */
export const readCredentials = (
  request: TokenBearer,
  source: IdentitySource,
  maxTokenBytes: number,
): string | Denial => {
  const found =
    source.in === 'header'
      ? headerValue(request.rawHeaders, source.name)
      : parameterValue(request.query, source.name)
  return typeof found === 'string' ? parseCredentials(found, maxTokenBytes) : found
}

/** Whether a text has three base64url parts, each in its one canonical spelling. */
export const isCompactJws = (text: string): boolean => {
  const parts = text.split('.', 4)
  return parts.length === 3 && parts.every((part) => canonicalBase64url.test(part))
}

/** Where else than in the authorizer's identity source a WebSocket handshake may bring its token. */
export interface HandshakeSources {
  /** Name of a query parameter; '' for none. */
  readonly tokenQuery: string
  /** What an offered subprotocol that carries a token begins with; '' for none. */
  readonly tokenProtocolPrefix: string
}

/**
 * The token of a WebSocket handshake: browsers cannot set its headers. Refuses as `readToken` does;
 * `token_duplicated` also when there is one in two places.
 *
 * @param protocols - the subprotocols that the client offers
 */
export const readHandshakeToken = (
  request: TokenBearer & { readonly protocols: readonly string[] },
  source: IdentitySource,
  { tokenQuery, tokenProtocolPrefix }: HandshakeSources,
  maxTokenBytes: number,
): string | Denial => {
  const query: IdentitySource = { in: 'query', name: tokenQuery }
  const inSource = source.in === 'query' && source.name === tokenQuery
  const places = [
    readToken(request, source, maxTokenBytes),
    tokenQuery === '' || inSource ? missing : readToken(request, query, maxTokenBytes),
    protocolToken(request.protocols, tokenProtocolPrefix, maxTokenBytes),
  ]
  const [first, ...others] = places.filter((found) => !isMissing(found))
  return others.length > 0 ? deny('token_duplicated') : (first ?? missing)
}

/**
 * A query without the parameters whose decoded name equals `name`; '' when none is left. All other
 * bytes stay as they are.
 */
export const withoutTokenParameter = (query: string, name: string): string => {
  const kept = query
    .slice(1)
    .split('&')
    .filter((parameter) => parameterName(parameter) !== name)
    .join('&')
  return kept === '' ? '' : `?${kept}`
}

const missing = deny('token_missing')

const isMissing = (found: string | Denial): boolean =>
  typeof found !== 'string' && found.code === 'token_missing'

const protocolToken = (
  protocols: readonly string[],
  prefix: string,
  maxTokenBytes: number,
): string | Denial => {
  const [first, second] =
    prefix === '' ? [] : protocols.filter((protocol) => protocol.startsWith(prefix))
  if (first === undefined) return missing
  if (second !== undefined) return deny('token_duplicated')
  const found = parseCredentials(first.slice(prefix.length), maxTokenBytes)
  return typeof found === 'string' && !isCompactJws(found) ? deny('token_malformed') : found
}

const headerValue = (rawHeaders: readonly string[], name: string): string | Denial => {
  let found: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const line = rawHeaders[index]
    // Lengths first: lower-casing every name of every request costs more than it finds.
    if (line?.length !== name.length || line.toLowerCase() !== name) continue
    if (found !== undefined) return deny('token_duplicated')
    found = rawHeaders[index + 1]
  }
  return found ?? deny('token_missing')
}

const parameterValue = (query: string, name: string): string | Denial => {
  const [first, second] = query
    .slice(1)
    .split('&')
    .filter((parameter) => parameterName(parameter) === name)
  if (first === undefined) return deny('token_missing')
  if (second !== undefined) return deny('token_duplicated')
  const equals = first.indexOf('=')
  return equals < 0 ? '' : (formDecoded(first.slice(equals + 1)) ?? deny('token_malformed'))
}

const parameterName = (parameter: string): string => {
  const equals = parameter.indexOf('=')
  const raw = equals < 0 ? parameter : parameter.slice(0, equals)
  return formDecoded(raw) ?? raw
}

/** As a form is decoded (`+` is a space); undefined when an escape is broken. */
const formDecoded = (text: string): string | undefined => {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

const parseCredentials = (value: string, maxTokenBytes: number): string | Denial => {
  const credentials = withoutPadding(value)
  if (credentials === '') return deny('token_missing')
  const token = withoutScheme(credentials)
  return Buffer.byteLength(token) > maxTokenBytes ? deny('token_too_large') : token
}

const space = 0x20
const tab = 0x09

/** Without spaces and tabs at both ends. `trim` would take more than these. */
const withoutPadding = (text: string): string => {
  let start = 0
  let end = text.length
  while (start < end && isPadding(text.charCodeAt(start))) start += 1
  while (end > start && isPadding(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

const isPadding = (code: number): boolean => code === space || code === tab

const scheme = 'bearer'

const withoutScheme = (credentials: string): string => {
  let start = scheme.length
  if (credentials.charCodeAt(start) !== space) return credentials
  if (credentials.slice(0, start).toLowerCase() !== scheme) return credentials
  while (credentials.charCodeAt(start) === space) start += 1
  return credentials.slice(start)
}

/**
 * One or more bytes in base64url without padding. The last character of an incomplete group is one of
 * those whose unused bits are zero: 4 bits after one byte, 2 bits after two (RFC 4648 §3.5).
 */
const canonicalBase64url = /^(?!$)(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/

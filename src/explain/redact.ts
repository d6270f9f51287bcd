// Takes out of a report what may stand in no output: tokens, the query string, the payload, and ids
// that belong to this one run. It works on text that is otherwise exactly what would be sent.
import { extendedRequestId } from '../answers/request-ids.ts'
import type { Settings } from '../core/settings.ts'
import type { Composed } from './asked.ts'

export interface Redaction {
  /** The value of a header line for the upstream, by its name. */
  readonly headerValue: (name: string, value: string) => string
  /** Any text. */
  readonly text: (text: string) => string
}

export type RedactionSettings = Pick<Settings, 'authorizers' | 'claimsHeader' | 'websocket'>

/** What is shorter may well be a word of the answer, and is no secret to anybody. */
const minimumLength = 8

/** Makes the redaction of one request. `requestId` is the one that the gate gave it. */
export const createRedaction = (
  request: Composed,
  settings: RedactionSettings,
  requestId: string,
): Redaction => {
  const bearers = headersOfTokens(settings)
  const secrets = secretsOf(request, settings, bearers).filter(
    (secret) => secret.length >= minimumLength,
  )
  const replaced: readonly (readonly [found: string, by: string])[] = [
    ...secrets.map((secret): [string, string] => [secret, theToken]),
    [requestId, '<the request id>'],
    [extendedRequestId(requestId), '<the extended request id>'],
  ]
  const query = queryOf(request.target)
  const text = (from: string): string => {
    const known = replaced.reduce((so, [found, by]) => so.replaceAll(found, by), from)
    const whole = query.length < minimumLength ? known : known.replaceAll(query, theQuery)
    return whole.replace(compactToken, theToken)
  }
  return {
    text,
    headerValue: (name, value) => {
      const lower = name.toLowerCase()
      if (lower === settings.claimsHeader.toLowerCase()) {
        return `<the payload, ${Buffer.byteLength(value, 'base64url')} bytes>`
      }
      return bearers.has(lower) ? withoutCredentials(value) : text(value)
    },
  }
}

/** A request-target with its query, if it has one, made unreadable. */
export const withoutQuery = (target: string): string =>
  target.includes('?') ? `${target.slice(0, target.indexOf('?'))}?${theQuery}` : target

const theToken = '<the token>'
const theQuery = '<query>'

/** Whatever looks like a JWS, wherever it comes from: its header begins with `{"`. */
const compactToken = /eyJ[\w-]{8,}[\w.-]*/g

/** Lower-case names of headers that hold credentials. */
const headersOfTokens = ({ authorizers }: RedactionSettings): ReadonlySet<string> =>
  new Set([
    'authorization',
    ...authorizers
      .map(({ identitySource }) => identitySource)
      .filter((source) => source.in === 'header')
      .map(({ name }) => name),
  ])

const bearerScheme = /^bearer +/i

const withoutCredentials = (value: string): string =>
  `${bearerScheme.exec(value)?.[0] ?? ''}${theToken}`

const secretsOf = (
  { target, headers }: Composed,
  { authorizers, websocket }: RedactionSettings,
  bearers: ReadonlySet<string>,
): readonly string[] => {
  const lines = headers.flatMap((text, index) =>
    index % 2 === 0 ? [[text.toLowerCase(), headers[index + 1] as string] as const] : [],
  )
  const values = lines
    .filter(([name]) => bearers.has(name))
    .map(([, value]) => value.replace(bearerScheme, ''))
  const parameters = new Set([
    websocket.tokenQuery,
    ...authorizers.map(({ identitySource }) => identitySource.name),
  ])
  const queried = queryOf(target)
    .split('&')
    .map((pair) => [pair, [...new URLSearchParams(pair)][0] ?? ['', '']] as const)
    .filter(([, [name]]) => parameters.has(name))
    .flatMap(([pair, [, value]]) => [value, pair.slice(pair.indexOf('=') + 1)])
  const { tokenProtocolPrefix: prefix } = websocket
  const offered = lines
    .filter(([name]) => prefix !== '' && name === 'sec-websocket-protocol')
    .flatMap(([, value]) => value.split(',').map((protocol) => protocol.trim()))
    .filter((protocol) => protocol.startsWith(prefix))
    .map((protocol) => protocol.slice(prefix.length))
  return [...values, ...queried, ...offered]
}

const queryOf = (target: string): string =>
  target.includes('?') ? target.slice(target.indexOf('?') + 1) : ''

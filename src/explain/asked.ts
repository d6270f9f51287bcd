// The request that an operator asks about, put together as a client would send it: the token where the
// matched route looks for it, a Host if there is none. It sends nothing and judges nothing.
import { isDenial } from '../core/denial.ts'
import { fail, ok, type Result } from '../core/result.ts'
import type { Access } from '../core/route.ts'
import type { AuthorizerSettings, IdentitySource, Settings } from '../core/settings.ts'
import { matchRoute } from '../routing/match.ts'
import type { RouteTable } from '../routing/table.ts'
import { parseTarget } from '../routing/target.ts'

/** What was asked. Text has one character per byte, as Node's parser will have it. */
export interface AskedRequest {
  readonly method: string
  /** The request-target as it is to be sent. */
  readonly path: string
  /** Flat: name, value, name, value… */
  readonly headers: readonly string[]
  /** With or without its scheme. */
  readonly token: string | undefined
}

/** A request ready to be sent. */
export interface Composed {
  readonly method: string
  readonly target: string
  /** Flat: name, value, name, value… */
  readonly headers: readonly string[]
}

/** The settings of a route's authorizer; loading has seen to it that they are there. */
export const authorizerOf = (
  { authorizer }: Extract<Access, { kind: 'token' }>,
  { authorizers }: Pick<Settings, 'authorizers'>,
): AuthorizerSettings => authorizers.find(({ name }) => name === authorizer) as AuthorizerSettings

/** Characters as bytes: what a shell hands over as UTF-8 is sent as UTF-8. */
export const asBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

/**
 * Reads a header line as written on a command line. The error is one line; a name is a token
 * (RFC 9110 §5.6.2), and a value holds no control character but a tab.
 */
export const parseHeaderLine = (text: string): Result<readonly [string, string], string> => {
  const colon = text.indexOf(':')
  if (colon === -1) return fail("write it as 'Name: value'")
  const name = text.slice(0, colon)
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return fail(`${JSON.stringify(name)} is no header name`)
  const value = text.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')
  return [...Buffer.from(value)].some((byte) => (byte < 0x20 && byte !== 0x09) || byte === 0x7f)
    ? fail(`the value of ${name} holds a control character`)
    : ok([name, asBytes(value)])
}

/**
 * Puts a request together. The token goes where the authorizer of the matched route looks for it, and
 * into `Authorization` where no route or no authorizer was matched: there clients send it anyway.
 */
export const composeRequest = (
  asked: AskedRequest,
  settings: Settings,
  table: RouteTable,
): Composed => {
  const { method, path, headers, token } = asked
  const host = hasHeader(headers, 'host') ? [] : ['Host', 'localhost']
  if (token === undefined) return { method, target: path, headers: [...host, ...headers] }
  const source = sourceOf(asked, settings, table)
  if (source.in === 'query') {
    const target = withParameter(path, source.name, token)
    return { method, target, headers: [...host, ...headers] }
  }
  return { method, target: path, headers: [...host, ...headers, ...tokenLine(source.name, token)] }
}

/** The bytes of its head, and the first of its body if it declares one, which nobody will read. */
export const requestText = ({ method, target, headers }: Composed): string => {
  const lines = [`${method} ${target} HTTP/1.1`]
  for (let index = 0; index + 1 < headers.length; index += 2) {
    lines.push(`${headers[index] as string}: ${headers[index + 1] as string}`)
  }
  return [...lines, '', bodyStart(headers)].join('\r\n')
}

const authorization: IdentitySource = { in: 'header', name: 'authorization' }

const sourceOf = (
  { method, path }: AskedRequest,
  settings: Settings,
  table: RouteTable,
): IdentitySource => {
  const target = parseTarget(path, settings.basePath)
  const route = isDenial(target) ? target : matchRoute(table, method, target)
  if (isDenial(route) || route.access.kind !== 'token') return authorization
  return authorizerOf(route.access, settings).identitySource
}

const tokenLine = (name: string, token: string): readonly string[] => {
  const title = name.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase())
  const bare = name !== 'authorization' || /^bearer /i.test(token)
  return [title, bare ? token : `Bearer ${token}`]
}

const withParameter = (path: string, name: string, token: string): string =>
  `${path}${path.includes('?') ? '&' : '?'}${encodeURIComponent(name)}=${encodeURIComponent(token)}`

const hasHeader = (headers: readonly string[], name: string): boolean =>
  valueOf(headers, name) !== undefined

const valueOf = (headers: readonly string[], name: string): string | undefined => {
  const index = headers.findIndex((text, at) => at % 2 === 0 && text.toLowerCase() === name)
  return index === -1 ? undefined : headers[index + 1]
}

/** The forwarder sends a head with the first byte of its body, so there must be one; not more. */
const bodyStart = (headers: readonly string[]): string => {
  if (hasHeader(headers, 'transfer-encoding')) return '1\r\nx\r\n0\r\n\r\n'
  return Number(valueOf(headers, 'content-length') ?? 0) > 0 ? 'x' : ''
}

// Sends a row of the golden table to a gate as bytes, and reads the answer as bytes: what differs from
// answer to answer is checked for its form and then replaced by its name.
import { STATUS_CODES } from 'node:http'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { extendedRequestId } from '../../src/answers/request-ids.ts'
import type { GoldenRow } from './row.ts'
import type { Tokens } from './tokens.ts'

/** An answer as it can be compared: everything that came, with nothing left out. */
export interface SeenAnswer {
  readonly statusLine: string
  readonly headers: readonly string[]
  readonly framing: readonly string[]
  readonly body: string
}

export interface Exchanged {
  readonly answer: SeenAnswer
  /** The id of the answer, for the log. */
  readonly requestId: string
}

/** The request of a row, as bytes; its body is never sent. */
export const requestOf = (row: GoldenRow, tokens: Tokens): string => {
  if (row.wireOnly === true && row.bytes !== undefined) return row.bytes
  const token = row.token === undefined ? [] : [`Authorization: Bearer ${tokens[row.token]}`]
  const headers = (row.headers ?? []).map(([name, value]) => `${name}: ${value}`)
  return [
    `${row.method} ${row.path} HTTP/1.1`,
    'Host: gate.example',
    'Connection: close',
    ...token,
    ...headers,
    '\r\n',
  ].join('\r\n')
}

/** Sends the bytes and reads until the gate ends the connection. */
export const exchange = async (url: string, request: string): Promise<Exchanged> => {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write(request, 'latin1')
  return read(await text(socket))
}

/** The answer that a row wants, in the same form. */
export const wantedOf = ({ want }: GoldenRow): SeenAnswer => ({
  statusLine: `HTTP/1.1 ${want.status} ${STATUS_CODES[want.status] ?? 'unknown'}`,
  headers: want.headers,
  // A 204 has no length: RFC 9110 §8.6.
  framing: [
    'Connection: close',
    ...(want.status === 204 ? [] : ['Content-Length: {length}']),
    'Date: {date}',
  ],
  body: want.body,
})

/** The `X-Mapped-…` lines among the given ones. */
export const mappedOf = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => /^x-mapped-/i.test(line))

/** Whether a header line is about the connection, or the time. */
export const isFraming = (line: string): boolean =>
  framingNames.includes(line.slice(0, line.indexOf(':')).toLowerCase())

const framingNames = ['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding']

const read = (answer: string): Exchanged => {
  const end = answer.indexOf('\r\n\r\n')
  const body = answer.slice(end + 4)
  const [statusLine = '', ...lines] = answer.slice(0, end).split('\r\n')
  const named = lines.map((line) => nameValue(line, body))
  const requestId = /^(?:x-amzn-RequestId|apigw-requestid): (.*)$/m.exec(answer)?.[1]?.trim() ?? ''
  return {
    requestId,
    answer: {
      statusLine,
      headers: named.filter((line) => !isFraming(line)),
      framing: named.filter(isFraming).sort(),
      body: nameIds(body, requestId),
    },
  }
}

const nameIds = (body: string, requestId: string): string =>
  requestId === ''
    ? body
    : body
        .replaceAll(requestId, '{requestId}')
        .replaceAll(extendedRequestId(requestId), '{extendedRequestId}')

/** What differs from answer to answer, and the form it must have. */
const dynamic: Readonly<Record<string, readonly [form: RegExp, name: string]>> = {
  'x-amzn-RequestId': [/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, '{requestId}'],
  'x-amz-apigw-id': [/^[A-Za-z0-9+/]{15}=$/, '{extendedRequestId}'],
  'apigw-requestid': [/^[A-Za-z0-9+/]{15}=$/, '{requestId}'],
  'Retry-After': [/^[1-9][0-9]*$/, '{seconds}'],
  Date: [/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/, '{date}'],
}

const nameValue = (line: string, body: string): string => {
  const colon = line.indexOf(': ')
  const name = line.slice(0, colon)
  const value = line.slice(colon + 2)
  if (line === `Content-Length: ${Buffer.byteLength(body)}`) return 'Content-Length: {length}'
  const [form, placeholder] = dynamic[name] ?? []
  return form?.test(value) === true ? `${name}: ${String(placeholder)}` : line
}

// A data listener on a free port, with everything behind it replaced by plain functions, and a
// client that speaks raw bytes to it.
import { once } from 'node:events'
import type { Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { createMockAnswer } from '../../src/answers/mock.ts'
import type { Decision, Permit } from '../../src/authorize.ts'
import { deny, type Denial, type DenialCode } from '../../src/core/denial.ts'
import type { FinishedRequest } from '../../src/core/ports.ts'
import type { Route } from '../../src/core/route.ts'
import type { LimitSettings } from '../../src/core/settings.ts'
import { systemClock } from '../../src/observe/clock.ts'
import type { RequestLine } from '../../src/observe/request-log.ts'
import type { Exchange } from '../../src/proxy/exchange.ts'
import { createAnswerRefusal } from '../../src/server/answer-refusal.ts'
import { createDataListener, type DataServerOptions } from '../../src/server/data.ts'
import { answerSettings } from '../helpers/answer-settings.ts'

export interface Teardown {
  readonly teardown: (action: () => unknown) => void
}

export const route: Route = {
  index: 0,
  label: 'ANY /things',
  method: 'ANY',
  path: '/things',
  access: { kind: 'token', authorizer: 'pool', scopes: [], groups: [], claims: [] },
  enforcement: 'enforce',
  responseTimeoutMs: undefined,
  allowEncodedSlash: false,
  requestParameters: [],
  mock: undefined,
}

export const permit = { kind: 'authorized', route } as unknown as Permit

export const refusal = (code: DenialCode, matched?: Route): Decision => ({
  kind: 'refused',
  denial: deny(code),
  route: matched,
})

export const limits: LimitSettings = {
  maxHeaderBytes: 8192,
  maxTokenBytes: 4096,
  maxBodyBytes: 100,
  headersTimeoutMs: 15_000,
  bodyIdleTimeoutMs: 60_000,
  keepAliveTimeoutMs: 75_000,
  maxConnections: 100,
}

export interface Books {
  started: number
  readonly finished: FinishedRequest[]
  readonly early: DenialCode[]
  readonly lines: RequestLine[]
  readonly warnings: unknown[]
}

export interface Listener extends Books {
  readonly server: Server
  readonly port: number
}

/** Answers with its method and target, once the request's body has come. */
export const echo = (_permit: Permit, { request, response, facts }: Exchange): void => {
  request.resume().on('end', () => response.end(`${facts.method} ${facts.target}`))
}

export type ListenerOptions = Partial<Omit<DataServerOptions, 'limits'>> & {
  readonly limits?: Partial<LimitSettings>
}

/** Permits and echoes everything, unless told otherwise. */
export const startListener = async (
  t: Teardown,
  options: ListenerOptions = {},
): Promise<Listener> => {
  const books: Books = { started: 0, finished: [], early: [], lines: [], warnings: [] }
  const { server } = createDataListener({
    authorize: () => permit,
    forward: echo,
    openWebSocket: (_permit, { response }) => {
      response.writeHead(101, ['Connection', 'Upgrade', 'Upgrade', 'websocket']).end()
    },
    answer: createAnswerRefusal({ ...answerSettings, limits: { ...limits, ...options.limits } }),
    answerMock: createMockAnswer('REST'),
    apiType: 'REST',
    recorder: {
      requestStarted: () => {
        books.started += 1
      },
      requestFinished: (finished) => void books.finished.push(finished),
      refusedEarly: (code) => void books.early.push(code),
    },
    requestLog: { wants: () => true, write: (line) => void books.lines.push(line) },
    clock: systemClock,
    log: { warn: (fields, message) => void books.warnings.push({ ...fields, message }) },
    draining: () => false,
    tls: undefined,
    trustedProxies: [],
    ...options,
    limits: { ...limits, ...options.limits },
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return Object.assign(books, { server, port: (server.address() as AddressInfo).port })
}

export interface Client {
  readonly socket: Socket
  readonly send: (text: string) => void
  /** All that came so far. */
  readonly text: () => string
  /** Resolves with all that came, once it matches. */
  readonly until: (pattern: RegExp) => Promise<string>
  /** Resolves with all that came, once the other side has ended the connection. */
  readonly ended: Promise<string>
}

export const connectTo = (t: Teardown, port: number): Client => {
  const socket = connect(port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  let received = ''
  socket.setEncoding('latin1')
  socket.on('data', (text: string) => (received += text))
  socket.on('error', () => undefined)
  const ended = new Promise<string>((resolve) => {
    socket.on('close', () => {
      resolve(received)
    })
  })
  const until = async (pattern: RegExp): Promise<string> => {
    while (!pattern.test(received)) await once(socket, 'data')
    return received
  }
  const send = (text: string): void => void socket.write(text, 'latin1')
  return { socket, send, text: () => received, until, ended }
}

/** Waits, in turns of the event loop, until something has come true; fails after five seconds. */
export const eventually = async (condition: () => boolean): Promise<void> => {
  const deadline = Date.now() + 5000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it did not come true in time')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Status, headers by lower-case name, and body of the answers in what a client received. */
export const parseAnswers = (
  text: string,
): { status: number; headers: Record<string, string>; body: string }[] => {
  const answers = []
  let rest = text
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n')
    const [statusLine = '', ...lines] = rest.slice(0, end).split('\r\n')
    const headers = Object.fromEntries(
      lines.map((line): [string, string] => {
        const colon = line.indexOf(': ')
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)]
      }),
    )
    const length = Number(headers['content-length'] ?? rest.length)
    const body = rest.slice(end + 4, end + 4 + length)
    answers.push({ status: Number(statusLine.split(' ')[1]), headers, body })
    rest = rest.slice(end + 4 + length)
  }
  return answers
}

export const codes = (lines: readonly RequestLine[]): (Denial['code'] | undefined)[] =>
  lines.map(({ denial }) => denial)

// What reaches the data listener without becoming a request: what Node's parser refuses, heads that
// do not come in time, and CONNECT. Answered on the bare socket, or not at all where an answer could
// be taken for that of another request.
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { deny, type Denial, type DenialCode } from '../core/denial.ts'
import type { Clock } from '../core/ports.ts'
import type { Settings } from '../core/settings.ts'
import type { Accounts } from './account.ts'
import type { AnswerRefusal, SeenRequest } from './answer-refusal.ts'
import type { Connection, Connections } from './connections.ts'
import { makeRequestId } from './request-id.ts'
import { respondOnSocket } from './respond.ts'

export interface ClientErrorOptions {
  readonly answer: AnswerRefusal
  readonly clock: Clock
  /** Whose form the ids of requests have. */
  readonly apiType: Settings['apiType']
}

export interface ClientErrors {
  /** For Node's `clientError`. */
  readonly onClientError: (error: Error, socket: Socket) => void
  /** For Node's `connect`: a tunnel is not ours to open. */
  readonly onConnect: (request: IncomingMessage, socket: Socket) => void
}

/** Makes the handlers of one listener. They never throw. */
export const createClientErrors = (
  options: ClientErrorOptions,
  connections: Connections,
  accounts: Accounts,
): ClientErrors => {
  const answerOnSocket = (socket: Socket, denial: Denial, seen: SeenRequest): number => {
    const answer = options.answer(denial, seen)
    connections.of(socket).closing = true
    respondOnSocket(socket, answer)
    return answer.status
  }

  const refuseSocket = (socket: Socket, denial: Denial, method: string): void => {
    const requestId = makeRequestId[options.apiType]()
    const seen = { requestId, atMs: options.clock.wallMs(), facts: undefined, route: undefined }
    const status = answerOnSocket(socket, denial, seen)
    accounts.refusedOnSocket({ socket, requestId, method, status, denial })
  }

  /** The parser gave up while requests were open. */
  const interrupt = (socket: Socket, { open }: Connection, denial: Denial): void => {
    const [first, ...rest] = open
    if ([...open].every(({ state }) => state === 'refused')) {
      // The answers are written; the rest of the body, which is no body, need not be waited for.
      socket.destroySoon()
      return
    }
    const inBody = first !== undefined && rest.length === 0 && !first.request.complete
    if (!inBody || first.response.headersSent) {
      socket.destroy()
      return
    }
    accounts.refused(first, denial)
    first.socketStatus = answerOnSocket(socket, denial, first)
    // No lingering: the upstream is to hear at once that the rest of the body will not come.
    socket.destroySoon()
  }

  return {
    onClientError: (error, socket) => {
      const connection = connections.of(socket)
      const code = codeOf(error)
      if (code === 'HPE_CLOSED_CONNECTION') {
        endAfterAnswers(socket, connection)
        return
      }
      const denialCode = denialCodeOf(code)
      if (denialCode === undefined || isSilent(socket, denialCode)) {
        socket.destroy()
        return
      }
      // Without the error itself: it bears the bytes that were received, tokens and all.
      const denial = deny(denialCode, { cause: `${code} ${error.message}` })
      if (connection.open.size > 0) interrupt(socket, connection, denial)
      else if (!connection.closing) refuseSocket(socket, denial, '-')
    },
    onConnect: (_request, socket) => {
      const connection = connections.of(socket)
      // An earlier request of the pipeline awaits its answer, and this would be taken for it.
      if (connection.open.size > 0 || connection.closing) socket.destroy()
      else refuseSocket(socket, deny('target_ambiguous', { cause: 'CONNECT' }), 'CONNECT')
    },
  }
}

/**
 * For bytes behind what the parser took for the last request. Its response ends the connection by
 * itself, but for one whose `Connection: close` stood in a trailer: there the parser alone believes it,
 * and would read no request of this connection any more.
 */
const endAfterAnswers = (socket: Socket, { newest }: Connection): void => {
  if (newest === undefined || newest.response.closed) socket.destroySoon()
  else newest.response.once('close', () => socket.destroySoon())
}

/** Codes of Node's parser and timers that have a word of their own. */
const denialCodes: Readonly<Record<string, DenialCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}

/** Undefined for errors of the network, such as ECONNRESET: there is nobody to answer. */
const denialCodeOf = (code: string): DenialCode | undefined =>
  denialCodes[code] ?? (code.startsWith('HPE_') ? 'request_malformed' : undefined)

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : ''

/** Browsers and balancers open connections in reserve; one that never spoke has asked nothing. */
const isSilent = (socket: Socket, code: DenialCode): boolean =>
  code === 'request_timeout' && socket.bytesRead === 0

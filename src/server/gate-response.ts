// Node's response, with the request that it is for: what has to be done with every head and at every
// end is done here, without a function of its own for each request. It decides nothing.
import type { IncomingMessage, OutgoingHttpHeader, OutgoingHttpHeaders } from 'node:http'
import { ServerResponse } from '../node-http.ts'
import type { OpenRequest } from './connections.ts'

type Lines = OutgoingHttpHeaders | OutgoingHttpHeader[]

/** A response of the data listener. */
export class GateResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  /** The request in the books of its connection; undefined as long as no account was opened. */
  open: OpenRequest | undefined = undefined

  /**
   * Looks at every head when it is written, for a drain may have begun since the request came. The
   * last request of a pipeline ends the connection, so that the answers before it are not lost.
   */
  override writeHead(status: number, reason?: string | Lines, lines?: Lines): this {
    const { open } = this
    if (open?.draining() === true && open.connection.newest === open) this.shouldKeepAlive = false
    if (typeof reason === 'string') super.writeHead(status, reason, lines)
    else super.writeHead(status, reason)
    if (open !== undefined && !this.shouldKeepAlive) open.connection.closing = true
    return this
  }
}

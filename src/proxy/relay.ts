// The answer on its way to the client: begun, fed and ended by what the upstream sends, at the pace
// at which the client reads. It never asks where the pieces come from.
import type { ServerResponse } from 'node:http'
import { brokenAnswer, type Failure } from './failure.ts'
import { readResponseHead } from './response-head.ts'
import { breakAnswer, endAnswer, writeHead, type AnswerSide } from './response.ts'

export interface RelayOptions {
  /** Longest wait for a client that does not take what was written to it. */
  readonly stallTimeoutMs: number
  /** Called at most once, when that wait is over. */
  readonly onStall: () => void
}

/** The head of a final answer as undici hands it over. */
export interface UpstreamHead {
  readonly status: number
  readonly statusText: string
  readonly rawHeaders: readonly Buffer[]
  /** Makes the upstream's answer flow again after `write` returned false. */
  readonly resume: () => void
}

/** One for each answer; a class, since a function for each of its verbs costs as much as the verbs do. */
export class Relay {
  private readonly client: AnswerSide
  private readonly options: RelayOptions
  private head: UpstreamHead | undefined = undefined
  private flushed = false
  /** A body of one small piece, until its end is there too: head, body and end are then one write. */
  private held: Buffer | undefined = undefined
  private stall: NodeJS.Timeout | undefined = undefined
  /** Makes the upstream's answer flow again; undefined before the first pause. */
  private flow: (() => void) | undefined = undefined

  constructor(client: AnswerSide, options: RelayOptions) {
    this.client = client
    this.options = options
  }

  /** Writes the head; or says why it cannot be passed on, and then has written nothing. */
  begin(head: UpstreamHead): Failure | undefined {
    const failure = passHead(this.client, head)
    if (failure !== undefined) return failure
    this.head = head
    // What has come with the head goes out with it, in one write; a head that comes alone (an event
    // stream's) does not wait for more than this turn.
    void thisTurn.then(() => this.flush())
    return undefined
  }

  /** Whether a head was written: from then on, nothing else can be answered. */
  begun(): boolean {
    return this.head !== undefined
  }

  /** Whether the answer is whole with its head (RFC 9110 §6.4.1). */
  bodiless(): boolean {
    return this.head !== undefined && isBodiless(this.client.facts.method, this.head.status)
  }

  /** Writes a piece of the body. False asks for a pause until `resume`. */
  write(chunk: Buffer): boolean {
    if (!this.flushed && chunk.length <= maxHeldBytes && this.held === undefined) {
      this.held = chunk
      return true
    }
    const { response } = this.client
    if (this.held !== undefined) response.write(this.held)
    this.held = undefined
    this.flushed = true
    const taken = response.write(chunk)
    if (!taken) this.pause()
    return taken
  }

  end(): void {
    const { held, client } = this
    this.flushed = true
    this.held = undefined
    endAnswer(client, held?.toString('latin1'))
    boundTail(client.response, this.options)
  }

  break(): void {
    breakAnswer(this.client)
  }

  /** Stops the wait for a slow client. */
  stop(): void {
    if (this.stall !== undefined) clearTimeout(this.stall)
  }

  private flush(): void {
    const { response } = this.client
    if (!response.destroyed) {
      if (this.held !== undefined) response.write(this.held)
      else if (!this.flushed) response.flushHeaders()
    }
    this.held = undefined
    this.flushed = true
  }

  private pause(): void {
    const { response } = this.client
    const flow = (this.flow ??= () => {
      this.stop()
      this.head?.resume()
    })
    // A last piece may come in a pause: see connection.ts.
    this.stop()
    response.off('drain', flow).once('drain', flow)
    this.stall = setTimeout(tellStalled, this.options.stallTimeoutMs, this.options)
  }
}

/** What is put behind it runs at the end of the turn; queueMicrotask makes a resource each time. */
const thisTurn = Promise.resolve()

const tellStalled = (options: RelayOptions): void => options.onStall()

/** Longest piece that is copied into the text of its head. */
const maxHeldBytes = 4096

const passHead = (client: AnswerSide, head: UpstreamHead): Failure | undefined => {
  const { status, statusText, rawHeaders } = head
  // A 101 that names no protocol comes here, too: Node's client takes it for an answer.
  if (status < 200 || status > 599)
    return brokenAnswer(`the upstream answered with status ${status}`)
  const lines = readResponseHead(status, rawHeaders)
  if (lines === undefined) return brokenAnswer('the upstream used an unknown transfer coding')
  const headers = client.dress?.(lines) ?? lines
  const refused = writeHead(client, { status, statusText, headers })
  return refused === undefined ? undefined : brokenAnswer('the head cannot be passed on', refused)
}

/** The last piece needs a bound of its own: the upstream is done, and so is the delivery. */
const boundTail = (response: ServerResponse, options: RelayOptions): void => {
  if (response.writableLength === 0) return
  const timer = setTimeout(tellStalled, options.stallTimeoutMs, options)
  response.once('close', () => clearTimeout(timer))
}

const isBodiless = (method: string, status: number): boolean =>
  method === 'HEAD' || status === 204 || status === 304

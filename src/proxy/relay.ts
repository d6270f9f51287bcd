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

export interface Relay {
  /** Writes the head; or says why it cannot be passed on, and then has written nothing. */
  readonly begin: (head: UpstreamHead) => Failure | undefined
  /** Whether a head was written: from then on, nothing else can be answered. */
  readonly begun: () => boolean
  /** Whether the answer is whole with its head (RFC 9110 §6.4.1). */
  readonly bodiless: () => boolean
  /** Writes a piece of the body. False asks for a pause until `resume`. */
  readonly write: (chunk: Buffer) => boolean
  readonly end: () => void
  readonly break: () => void
  /** Stops the wait for a slow client. */
  readonly stop: () => void
}

export const createRelay = (client: AnswerSide, options: RelayOptions): Relay => {
  const { response } = client
  let begun: UpstreamHead | undefined
  let flushed = false
  /** A body of one small piece, until its end is there too: head, body and end are then one write. */
  let held: Buffer | undefined
  let stall: NodeJS.Timeout | undefined

  const flush = (): void => {
    if (!response.destroyed) {
      if (held !== undefined) response.write(held)
      else if (!flushed) response.flushHeaders()
    }
    held = undefined
    flushed = true
  }

  const flow = (): void => {
    clearTimeout(stall)
    begun?.resume()
  }

  const pause = (): void => {
    // A last piece may come in a pause: see connection.ts.
    clearTimeout(stall)
    response.off('drain', flow).once('drain', flow)
    stall = setTimeout(options.onStall, options.stallTimeoutMs)
  }

  return {
    begin: (head) => {
      const failure = passHead(client, head)
      if (failure !== undefined) return failure
      begun = head
      // What has come with the head goes out with it, in one write; a head that comes alone (an event
      // stream's) does not wait for more than this turn.
      queueMicrotask(flush)
      return undefined
    },
    begun: () => begun !== undefined,
    bodiless: () => begun !== undefined && isBodiless(client.facts.method, begun.status),
    write: (chunk) => {
      if (!flushed && chunk.length <= maxHeldBytes && held === undefined) {
        held = chunk
        return true
      }
      if (held !== undefined) response.write(held)
      held = undefined
      flushed = true
      const taken = response.write(chunk)
      if (!taken) pause()
      return taken
    },
    end: () => {
      flushed = true
      endAnswer(client, held?.toString('latin1'))
      held = undefined
      boundTail(response, options)
    },
    break: () => breakAnswer(client),
    stop: () => clearTimeout(stall),
  }
}

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
const boundTail = (response: ServerResponse, { stallTimeoutMs, onStall }: RelayOptions): void => {
  if (response.writableLength === 0) return
  const timer = setTimeout(onStall, stallTimeoutMs)
  response.once('close', () => clearTimeout(timer))
}

const isBodiless = (method: string, status: number): boolean =>
  method === 'HEAD' || status === 204 || status === 304

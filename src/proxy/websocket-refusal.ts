// An upstream that answers a WebSocket handshake with something else than 101: the client gets that
// answer as it would that of any request. http-proxy pipes the body into the mouth.
import type { IncomingMessage } from 'node:http'
import type { Failure } from './failure.ts'
import { Relay } from './relay.ts'
import type { AnswerSide } from './response.ts'
import { asBuffers } from './websocket-handshake.ts'
import type { Mouth } from './websocket-mouth.ts'

export interface RefusalOptions {
  readonly mouth: Mouth
  /** Longest time between two pieces of the body, and longest wait for a client that takes none. */
  readonly idleTimeoutMs: number
}

/** Begins to pass the answer on; or says why it cannot be, and then nothing was written. */
export const relayRefusal = (
  client: AnswerSide,
  answer: IncomingMessage,
  { mouth, idleTimeoutMs }: RefusalOptions,
): Failure | undefined => {
  let waiting: (() => void) | undefined
  const destroy = (): void => void client.response.destroy()
  const relay = new Relay(client, { stallTimeoutMs: idleTimeoutMs, onStall: destroy })
  const failure = relay.begin({
    status: answer.statusCode as number,
    statusText: answer.statusMessage as string,
    rawHeaders: asBuffers(answer.rawHeaders),
    resume: () => waiting?.(),
  })
  if (failure !== undefined) return failure

  const idle = setTimeout(() => relay.break(), idleTimeoutMs)
  mouth.connect({
    onBytes: (chunk, done) => {
      idle.refresh()
      waiting = done
      if (relay.write(chunk)) done()
    },
    onEnd: () => relay.end(),
  })
  answer.once('close', () => {
    if (!answer.complete) relay.break()
  })
  client.response.once('close', () => {
    clearTimeout(idle)
    relay.stop()
  })
  return undefined
}

// A client's body on its way to the upstream: a stream that takes from the client only as fast as
// the upstream reads, counts, and notices a client that stopped sending. It holds no body.
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { deny, type Denial } from '../core/denial.ts'

export interface RequestBodyOptions {
  /** 0 sets no limit. */
  readonly maxBytes: number
  /** Longest wait for the next byte, while the upstream is ready to take one. */
  readonly idleTimeoutMs: number
  /** Called once, when the first byte is asked for. */
  readonly onStart: () => void
  /** Called once, when the last byte has been read. */
  readonly onEnd: () => void
  /** Called at most once: `body_too_large` or `request_timeout`. The stream then stays silent. */
  readonly onFault: (denial: Denial) => void
}

export interface RequestBody {
  /**
   * For undici. It has not begun to read when it is handed over, so that undici cannot mistake a
   * small chunked body for one of known length.
   */
  readonly stream: Readable
  /** Whether no byte of the body has gone by, nor its end: then nothing was written upstream. */
  readonly untouched: () => boolean
  /** Lets go of the request and leaves its body unread, for another attempt. */
  readonly detach: () => void
  /** Lets go of the request for good. What is left of a body that has come whole is dropped. */
  readonly release: () => void
}

/** Wraps the body of `request`. Reading begins when the stream is first read. */
export const createRequestBody = (
  request: IncomingMessage,
  options: RequestBodyOptions,
): RequestBody => {
  const stream = new Readable({ highWaterMark: 65_536, read: () => resume() })
  let bytes = 0
  let ended = false
  let detached = false
  let idle: NodeJS.Timeout | undefined

  const detach = (): void => {
    detached = true
    clearTimeout(idle)
    request.off('data', onData).off('end', onEnd).pause()
  }

  const release = (): void => {
    if (detached) return
    detach()
    // Left unread, it would keep the connection's next request from being parsed.
    if (request.complete) request.resume()
  }

  const fail = (denial: Denial): void => {
    release()
    options.onFault(denial)
  }

  const onData = (chunk: Buffer): void => {
    bytes += chunk.length
    if (options.maxBytes > 0 && bytes > options.maxBytes) {
      fail(deny('body_too_large'))
      return
    }
    idle?.refresh()
    if (!stream.push(chunk)) request.pause()
  }

  const onEnd = (): void => {
    ended = true
    release()
    stream.push(null)
    options.onEnd()
  }

  const onIdle = (): void => {
    // Paused: it is the upstream that does not take more, which the upstream's time-out covers.
    if (!request.isPaused()) fail(deny('request_timeout'))
  }

  const resume = (): void => {
    if (detached) return
    if (idle === undefined) {
      idle = setTimeout(onIdle, options.idleTimeoutMs)
      request.on('data', onData).on('end', onEnd)
      options.onStart()
    }
    idle.refresh()
    request.resume()
  }

  return { stream, untouched: () => bytes === 0 && !ended, detach, release }
}

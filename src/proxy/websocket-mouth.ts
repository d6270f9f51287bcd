// What http-proxy is given in place of the client's socket. It holds the client's bytes back until
// the upstream has agreed, drops the head that http-proxy would write, and passes all that follows.
import { Duplex } from 'node:stream'

/** Where the upstream's bytes go, after its head. */
export interface MouthSide {
  /** A piece; the next one comes when `done` was called. */
  readonly onBytes: (chunk: Buffer, done: () => void) => void
  readonly onEnd: () => void
  /** The upstream takes more again, after `push` returned false. */
  readonly onWanted?: () => void
}

export interface Mouth {
  readonly stream: Duplex
  /** Says where the upstream's bytes go. To be called before http-proxy writes its head. */
  readonly connect: (side: MouthSide) => void
  /** Sends bytes to the upstream. False asks for a pause until `onWanted`. */
  readonly push: (bytes: Buffer) => boolean
  /** Ends the upstream's connection once all was sent. */
  readonly end: () => void
}

export const createMouth = (): Mouth => {
  let side: MouthSide | undefined
  let headDropped = false
  let ended = false

  const stream = new Duplex({
    read: () => side?.onWanted?.(),
    write: (chunk: Buffer, _encoding, done: () => void) => {
      // The first piece is the head, as http-proxy writes it: ours is sent instead.
      if (headDropped && side !== undefined) side.onBytes(chunk, done)
      else done()
      headDropped = true
    },
    final: (done: () => void) => {
      side?.onEnd()
      done()
    },
  })
  // http-proxy treats it as a socket.
  const self = () => stream
  Object.assign(stream, { setTimeout: self, setNoDelay: self, setKeepAlive: self })
  stream.on('error', () => undefined)

  return {
    stream,
    connect: (given) => {
      side = given
    },
    push: (bytes) => stream.destroyed || ended || stream.push(bytes),
    end: () => {
      if (!ended) stream.push(null)
      ended = true
    },
  }
}

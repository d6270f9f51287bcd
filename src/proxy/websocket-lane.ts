// One direction of a WebSocket: passes bytes on as they come, and puts control frames of the gate's
// own between two frames. It holds nothing but those; what the other side does is not its business.
import { createFrameTracker, opcodes, type FrameSender } from './websocket-frames.ts'

export interface LaneOptions {
  readonly sender: FrameSender
  /** Passes bytes on. False asks for a pause. */
  readonly write: (bytes: Buffer) => boolean
  /** Called once, when the sender's Close frame is whole. It may come after `close`. */
  readonly onClose: () => void
  /** Called for frames that show that the connection is used: all but Pong, which only answers. */
  readonly onActivity: () => void
}

/** What became of bytes: passed, passed with the wish for a pause, or found to be no frames. */
export type Fed = 'flow' | 'pause' | 'broken'

export interface Lane {
  /** Takes bytes of the sender. After `broken` it must not be called again. */
  readonly feed: (chunk: Buffer) => Fed
  /** Puts a control frame in, at once or after the current frame. */
  readonly inject: (frame: Buffer) => void
  /** Puts the gate's own Close frame in. After it nothing of the sender is passed. */
  readonly close: (frame: Buffer) => void
  /** Whether a Close frame was passed or put in; false while it waits for the frame before it. */
  readonly closed: () => boolean
  /** Whether a control frame waits for the end of the current frame. */
  readonly waiting: () => boolean
  /** Whether the sender is between two frames. */
  readonly between: () => boolean
  /** Bytes that the sender has sent. */
  readonly bytes: () => number
}

export const createLane = ({ sender, write, onClose, onActivity }: LaneOptions): Lane => {
  const tracker = createFrameTracker(sender)
  const queue: Buffer[] = []
  let closing = false
  let closed = false
  let senderClosed = false
  let bytes = 0

  /** Writes what was put in. To be called between frames. */
  const flush = (): boolean => {
    const flows = queue.splice(0).map(write).every(Boolean)
    closed ||= closing
    return flows
  }

  /** The end of a frame, up to which everything is passed. */
  const frameEnded = (): boolean => {
    const isClose = tracker.opcode() === opcodes.close
    if (isClose) {
      senderClosed = true
      // The gate's own Close would come second, and be wrong there (§5.5.1).
      queue.length = 0
      closed = true
    }
    const flows = flush()
    if (isClose) onClose()
    return flows
  }

  const pass = (part: Buffer): boolean => closed || part.length === 0 || write(part)

  const feed = (chunk: Buffer): Fed => {
    bytes += chunk.length
    let flows = true
    let passed = 0
    let offset = 0
    while (offset < chunk.length && !senderClosed) {
      const end = tracker.advance(chunk, offset)
      if (end === -1) return 'broken'
      if (tracker.opcode() !== opcodes.pong) onActivity()
      offset = end
      // Whole frames are passed together, unless something is to be put between them.
      const divides = queue.length > 0 || tracker.opcode() === opcodes.close
      if (!tracker.between() || !divides) continue
      flows = pass(chunk.subarray(passed, offset)) && flows
      passed = offset
      flows = frameEnded() && flows
    }
    if (!senderClosed) flows = pass(chunk.subarray(passed)) && flows
    return flows ? 'flow' : 'pause'
  }

  const inject = (frame: Buffer): void => {
    if (!closed) queue.push(frame)
    if (tracker.between()) flush()
  }

  return {
    feed,
    inject,
    close: (frame) => {
      closing = true
      inject(frame)
    },
    closed: () => closed,
    waiting: () => queue.length > 0,
    between: tracker.between,
    bytes: () => bytes,
  }
}

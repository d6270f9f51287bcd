// Keeps what a client sends before its WebSocket is open, which it should not (RFC 6455 §4.1), and
// notices when it leaves meanwhile. Nothing of it goes anywhere before the upstream has agreed.
import type { Socket } from 'node:net'

export interface HeldClient {
  /** Ends the watch and gives what has come. */
  readonly release: () => readonly Buffer[]
}

/** With more than this, in bytes, the client is not read any further. */
const maxHeldBytes = 65_536

/** Begins to read the client. `onGone` is called when it ends its side; a close is not told. */
export const holdClient = (socket: Socket, onGone: () => void): HeldClient => {
  const held: Buffer[] = []
  let bytes = 0
  const keep = (chunk: Buffer): void => {
    held.push(chunk)
    bytes += chunk.length
    if (bytes >= maxHeldBytes) socket.pause()
  }
  socket.on('data', keep).on('end', onGone).resume()
  return {
    release: () => {
      socket.off('data', keep).off('end', onGone)
      return held
    },
  }
}

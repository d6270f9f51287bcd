// One attack sent in every way that a client has, as a request and as a WebSocket handshake, and what
// came of it: the answer, and the bytes that the upstream got.
import { requestText, type Gate } from './gate.ts'
import { handshake } from './raw-websocket.ts'

/** How a client can ask for something. */
export interface Way {
  readonly name: 'request' | 'upgrade'
  /** The bytes of it; `headers` come after those that it needs anyhow. */
  readonly text: (target: string, headers?: readonly string[]) => string
}

export const ways: readonly Way[] = [
  { name: 'request', text: (target, headers) => requestText(`GET ${target}`, headers) },
  { name: 'upgrade', text: handshake },
]

export interface Outcome {
  /** Of the last answer; 0 when the connection ended without one. */
  readonly status: number
  readonly answer: string
  /** What the upstream got because of it, connection by connection; '' is nothing. */
  readonly reached: string
}

/**
 * Sends an attack and waits until the gate has ended the connection. The upstream must take one
 * request a connection, as that of `startGate` does, and nobody else may send at the same time.
 */
export const strike = async (gate: Gate, text: string): Promise<Outcome> => {
  const before = gate.upstream.received.length
  const answer = await gate.exchange(text)
  const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
  const reached = gate.upstream.received.slice(before).join('')
  return { status: statuses.at(-1) ?? 0, answer, reached }
}

/** The request line as the upstream got it; '' when it got nothing. */
export const lineOf = ({ reached }: Outcome): string => reached.split('\r\n', 1)[0]!

// An upstream that reads requests strictly, one after another on each connection, and answers each one
// when it is whole. What it cannot read it records as a fault, and hangs up.
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { Test } from 'tap'
import { readRequest, type WholeRequest } from './strict-request.ts'

export interface StrictUpstream {
  readonly port: number
  /** In the order in which they became whole. */
  readonly requests: readonly WholeRequest[]
  readonly faults: readonly string[]
  /** Bytes of requests that are not whole, by connection. */
  readonly rests: () => readonly string[]
  readonly connections: () => number
}

/** An answer's bytes; `undefined` leaves the connection without one. */
export type AnswerRequest = (request: WholeRequest, socket: Socket) => string | undefined

/** Starts it; it ends with the test. Without `keep` the requests are shown to `answer` alone. */
export const startStrictUpstream = async (
  t: Pick<Test, 'teardown'>,
  answer: AnswerRequest = () => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  { keep = true }: { readonly keep?: boolean } = {},
): Promise<StrictUpstream> => {
  const requests: WholeRequest[] = []
  const faults: string[] = []
  const rests: string[] = []
  const open = new Set<Socket>()
  const serve = (socket: Socket): void => {
    const connection = rests.push('') - 1
    open.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => undefined).on('close', () => open.delete(socket))
    socket.on('data', (chunk: Buffer) => {
      let text = rests[connection]! + chunk.toString('latin1')
      for (let read = readRequest(text); read.kind !== 'partial'; read = readRequest(text)) {
        if (read.kind === 'fault') {
          faults.push(read.why)
          socket.destroy()
          return
        }
        if (keep) requests.push(read.request)
        text = text.slice(read.end)
        const bytes = answer(read.request, socket)
        if (bytes !== undefined) socket.write(bytes, 'latin1')
      }
      rests[connection] = text
    })
  }
  const server = createServer(serve).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    for (const socket of open) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return { port, requests, faults, rests: () => rests, connections: () => rests.length }
}

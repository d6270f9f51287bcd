// The demo's sample service: it answers every request with what it saw of it. It checks nothing, as
// the services that a gate stands in front of often do not.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'

/** What the service saw of a request; also its JSON answer. */
export interface Seen {
  readonly method: string
  readonly path: string
  /** Header lines as received: name and value. */
  readonly headers: readonly (readonly [string, string])[]
}

export interface SampleUpstream {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  /** How many requests have reached it. */
  readonly count: () => number
  readonly close: () => Promise<void>
}

/** Starts the service on a free port of 127.0.0.1. */
export const createSampleUpstream = async (): Promise<SampleUpstream> => {
  let requests = 0
  const server = createServer((request, response) => {
    requests += 1
    request.resume()
    const seen: Seen = {
      method: request.method as string,
      path: request.url as string,
      headers: pairs(request.rawHeaders),
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(`${JSON.stringify(seen, undefined, 2)}\n`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: () => requests,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const pairs = (rawHeaders: readonly string[]): (readonly [string, string])[] =>
  Array.from({ length: rawHeaders.length / 2 }, (_, index) => [
    rawHeaders[index * 2] as string,
    rawHeaders[index * 2 + 1] as string,
  ])

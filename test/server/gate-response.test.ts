import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import type { OpenRequest } from '../../src/server/connections.ts'
import { GateResponse } from '../../src/server/gate-response.ts'
import { connectTo } from './data-listener.ts'

/** A server whose responses are for a request that `open` describes. */
const start = async (
  t: Test,
  open: (response: GateResponse) => Partial<OpenRequest> | undefined,
): Promise<number> => {
  const server = createServer({ ServerResponse: GateResponse }, (_request, response) => {
    const ours = response as GateResponse
    ours.open = open(ours) as OpenRequest | undefined
    ours.writeHead(200, 'Fine', ['Content-Length', '2']).end('ok')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

t.test('without an account it is a response like any other', async (t) => {
  const client = connectTo(t, await start(t, () => undefined))
  client.send(get)
  t.match(await client.until(/ok$/), /^HTTP\/1\.1 200 Fine\r\nContent-Length: 2\r\n[^]*keep-alive/)
})

t.test(
  'while draining, the newest request of a connection ends it, and no other does',
  async (t) => {
    const cases = [
      { draining: false, newest: true, ends: false },
      { draining: true, newest: false, ends: false },
      { draining: true, newest: true, ends: true },
    ]
    for (const { draining, newest, ends } of cases) {
      const connection = { newest: undefined as OpenRequest | undefined, closing: false }
      const port = await start(t, () => {
        const open = { draining: () => draining, connection } as unknown as OpenRequest
        connection.newest = newest ? open : undefined
        return open
      })
      const client = connectTo(t, port)
      client.send(get)
      const answer = await client.until(/ok$/)
      t.equal(answer.includes('Connection: close'), ends)
      t.equal(connection.closing, ends, 'nothing more is served on it')
    }
  },
)

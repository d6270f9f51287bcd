// Server-sent events and long polls through the gate, plain and in TLS: nothing is held back, a stream
// outlasts every time-out that is not its own, and a client that leaves is missed by nobody for long.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import t, { type Test } from 'tap'
import { dialRaw, type RawClient } from '../helpers/forwarding.ts'
import { startGate, type Gate } from '../helpers/gate.ts'
import { createKey } from '../helpers/key-server.ts'
import { ok, until } from '../helpers/raw-upstream.ts'
import { dialTls, listenTls, tlsFiles } from '../helpers/tls.ts'

const folder = t.testdir(tlsFiles)

type Dial = (t: Test, port: number, text?: string) => RawClient

const listeners: readonly {
  readonly name: string
  readonly listen: string
  readonly dial: Dial
}[] = [
  { name: 'plain', listen: '', dial: dialRaw },
  { name: 'TLS', listen: listenTls(folder), dial: dialTls },
]

const routes = `
log: { requests: all, maxPerSecond: 1000 }
routes:
  - { path: /protected, method: GET, authorizer: pool }
  - { path: '/public/{proxy+}', method: ANY, authorizationType: NONE }
`

const get = (path = '/public/events', version = '1.1'): string =>
  `GET ${path} HTTP/${version}\r\nHost: gate\r\nAccept: text/event-stream\r\n\r\n`

const type = 'Content-Type: text/event-stream\r\n'

/** How an upstream frames a stream, and one event in that framing. */
const framings = [
  {
    name: 'chunked',
    head: `HTTP/1.1 200 OK\r\n${type}Transfer-Encoding: chunked\r\n\r\n`,
    event: (data: string) => `${(data.length + 8).toString(16)}\r\ndata: ${data}\n\n\r\n`,
  },
  {
    name: 'until the end',
    head: `HTTP/1.1 200 OK\r\n${type}Connection: close\r\n\r\n`,
    event: (data: string) => `data: ${data}\n\n`,
  },
  {
    name: 'HTTP/1.0',
    head: `HTTP/1.0 200 OK\r\n${type}\r\n`,
    event: (data: string) => `data: ${data}\n\n`,
  },
  {
    name: 'of a length',
    head: `HTTP/1.1 200 OK\r\n${type}Content-Length: 1000\r\n\r\n`,
    event: (data: string) => `data: ${data}\n\n`,
  },
] as const

/** Answers nothing by itself: tests write to the sockets. */
const silent = (): void => undefined

const arrived = async (gate: Gate, count: number): Promise<Socket> => {
  await until(() => gate.upstream.received.filter((text) => text !== '').length === count)
  return gate.upstream.sockets[count - 1]!
}

for (const { name, listen, dial } of listeners) {
  t.test(`${name}: head and events are passed on one by one`, async (t) => {
    const gate = await startGate(t, `${listen}${routes}`, silent)
    let count = 0
    for (const { name, head, event } of framings) {
      for (const version of ['1.1', '1.0']) {
        const client = dial(t, gate.port, get('/public/events', version))
        const upstream = await arrived(gate, (count += 1))
        upstream.write(head)
        await client.sees(/\r\n\r\n$/)
        t.match(client.text(), /^HTTP\/1\.1 200 OK\r\n/, `${name} to ${version}: the head alone`)
        for (const data of ['one', 'two', 'three']) {
          t.notMatch(client.text(), data)
          upstream.write(event(data))
          await client.sees(new RegExp(`data: ${data}\n\n`))
        }
        client.socket.destroy()
        await until(() => gate.upstream.open() === 0, 'the upstream to be let go')
      }
    }
  })

  t.test(`${name}: a stream outlasts the time-outs of everything else`, async (t) => {
    const shortMs = 200
    const config = `
limits: { headersTimeoutMs: ${shortMs}, bodyIdleTimeoutMs: ${shortMs}, keepAliveTimeoutMs: ${shortMs} }
upstream:
  url: 'http://UPSTREAM'
  connectTimeoutMs: ${shortMs}
  responseTimeoutMs: ${5 * shortMs}
  queueTimeoutMs: ${shortMs}
  idleTimeoutMs: ${10 * shortMs}
`
    const gate = await startGate(t, `${listen}${config}${routes}`, silent)
    const [framing] = framings
    const client = dial(t, gate.port, get())
    const upstream = await arrived(gate, 1)
    upstream.write(framing.head)
    const events = 5
    for (let sent = 1; sent <= events; sent += 1) {
      // Longer than each time-out that must not end it, shorter than that between two bytes.
      await new Promise((resolve) => setTimeout(resolve, 1.5 * shortMs))
      upstream.write(framing.event(`event ${sent}`))
      await client.sees(new RegExp(`event ${sent}\n`))
    }
    upstream.write('0\r\n\r\n')
    await client.sees(/\r\n0\r\n\r\n$/)
  })

  t.test(`${name}: a client that leaves frees the upstream`, async (t) => {
    const config = `upstream: { url: 'http://UPSTREAM', maxConnections: 1, queueTimeoutMs: 60000 }\n`
    const gate = await startGate(t, `${listen}${config}${routes}`, silent)
    const [framing] = framings
    for (const [index, stage] of ['a long poll', 'a stream'].entries()) {
      const client = dial(t, gate.port, get())
      const upstream = await arrived(gate, index + 1)
      if (stage === 'a stream') {
        upstream.write(framing.head + framing.event('one'))
        await client.sees(/one/)
      }
      const begun = performance.now()
      client.socket.destroy()
      await until(() => upstream.destroyed || upstream.readableEnded, 'the upstream to be let go')
      t.ok(performance.now() - begun < 1000, stage)
      upstream.destroy()
    }

    const first = dial(t, gate.port, get('/public/first'))
    const upstream = await arrived(gate, 3)
    const leaving = dial(t, gate.port, get('/public/leaving'))
    const staying = dial(t, gate.port, get('/public/staying'))
    await until(() => gate.upstream.open() === 1)
    await inFlight(gate, 3)
    leaving.socket.destroy()
    await inFlight(gate, 2)
    upstream.write(ok)
    await first.sees(/ok$/)
    await until(() => gate.reached().includes('/public/staying'))
    t.notMatch(gate.reached(), '/public/leaving', 'who left the queue is not waited for')
    await until(() => upstream.destroyed || gate.upstream.received[2]!.includes('/public/staying'))
    gate.upstream.sockets.at(-1)!.write(ok)
    await staying.sees(/ok$/)
  })

  t.test(`${name}: a client that leaves before its key has come asks nothing`, async (t) => {
    const fetches: ServerResponse[] = []
    const issuer = createServer((_request, response) => void fetches.push(response))
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve))
    t.teardown(() => {
      issuer.close()
      issuer.closeAllConnections()
    })
    const { port } = issuer.address() as AddressInfo
    const config =
      'jwks: { startupWaitSeconds: 0, timeoutMs: 60000, unknownKidCooldownSeconds: 1 }\n'
    const authorizer = `jwksUri: 'http://127.0.0.1:${port}/keys'`
    const gate = await startGate(t, `${listen}${config}${routes}`, silent, { authorizer })
    await until(() => fetches.length === 1)
    fetches[0]!.end(JSON.stringify({ keys: [createKey('RS256').jwk] }))
    await until(() => gate.logged.length > 0)
    const head = `Authorization: ${gate.pool.idToken()}\r\nHost`
    let client = dial(t, gate.port, get('/protected').replace('Host', head))
    await until(() => {
      // Until the first keys are there, or while no other fetch is due, the answer comes at once.
      if (client.text() !== '') client = dial(t, gate.port, get('/protected').replace('Host', head))
      return fetches.length === 2
    })
    const begun = performance.now()
    client.socket.destroy()
    await inFlight(gate, 0)
    t.ok(performance.now() - begun < 1000, 'it is forgotten at once')
    fetches[1]!.end(JSON.stringify(gate.pool.jwks()))
    const later = dial(t, gate.port, get('/protected').replace('Host', head))
    await until(() => gate.reached() !== '')
    gate.upstream.sockets[0]!.write(ok)
    await later.sees(/ok$/)
    t.equal(gate.upstream.sockets.length, 1, 'the key is good, and only the one who stayed asks')
  })

  t.test(`${name}: a client that reads slowly makes the upstream wait`, async (t) => {
    const size = 48 * 1024 * 1024
    let written = 0
    const gate = await startGate(t, `${listen}${routes}`, ({ socket }) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\nConnection: close\r\n\r\n`)
      const piece = Buffer.alloc(65_536, 'x')
      const go = (): void => {
        while (written < size) {
          written += piece.length
          if (!socket.write(piece)) return
        }
        socket.end()
      }
      socket.on('drain', go)
      go()
    })
    const client = dial(t, gate.port)
    let bytes = 0
    client.socket.removeAllListeners('data')
    client.socket.pause()
    client.socket.write(get().replace('Host', 'Connection: close\r\nHost'))
    let before = -1
    await until(() => written > 0)
    while (before !== written) {
      before = written
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    t.ok(written < size / 2, `${written} bytes are in the buffers between the two`)
    client.socket.on('data', (chunk: Buffer) => (bytes += chunk.length)).resume()
    t.equal(await client.closed, 'end')
    t.ok(bytes > size, 'and nothing is lost')
  })
}

/** Waits until so many requests are under way, by the metrics. */
const inFlight = async (gate: Gate, count: number): Promise<void> => {
  const line = `cognito_gate_requests_in_flight ${count}\n`
  for (let tries = 0; tries < 500; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${gate.adminPort}/metrics`)
    if ((await answer.text()).includes(line)) return
  }
  throw new Error(`never ${count} requests in flight`)
}

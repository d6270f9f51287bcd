// What `serve` does on a signal while clients with connections of their own keep asking, plain and in
// TLS: no request is lost, and what does not end by itself is told to, or cut and counted.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { Agent, createServer, get as getPlain, type IncomingMessage } from 'node:http'
import { Agent as TlsAgent, get as getTls } from 'node:https'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { serve } from '../../src/commands/serve.ts'
import { dialRaw } from '../helpers/forwarding.ts'
import { until } from '../helpers/raw-upstream.ts'
import { agreement, close, handshake } from '../helpers/raw-websocket.ts'
import { createShell } from '../helpers/shell.ts'
import { dialTls, listenTls, tlsFiles, trusting } from '../helpers/tls.ts'

const folder = t.testdir({ ...tlsFiles, configurations: {} })

const listeners = [
  {
    name: 'plain',
    listen: 'listen: { host: 127.0.0.1, port: 0 }\n',
    dial: dialRaw,
    get: getPlain,
    agent: () => new Agent({ keepAlive: true }),
  },
  {
    name: 'TLS',
    listen: listenTls(folder),
    dial: dialTls,
    get: getTls,
    agent: () => new TlsAgent({ keepAlive: true, ...trusting }),
  },
] as const

type Listener = (typeof listeners)[number]

/** A service that answers at once, late, in events, or as a WebSocket. */
const startService = async (t: Test) => {
  const late: (() => void)[] = []
  const server = createServer((request, response) => {
    if (request.url === '/late') late.push(() => response.end('late'))
    else if (request.url === '/events') response.write('data: one\n\n')
    else response.end('quick')
  })
  const sockets = new Set<Socket>()
  server.on('upgrade', (_request, socket: Socket) => {
    socket.write(agreement())
    // All that it is sent is the Close.
    socket.on('data', () => socket.end(close(1001)))
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, late }
}

/** Starts `serve` on a configuration of this listener. */
const startServe = async (t: Test, { name, listen }: Listener, shutdown: string) => {
  const service = await startService(t)
  const file = `${folder}/configurations/${name}-${service.port}.yaml`
  const text = `${listen}
admin: { host: 127.0.0.1, port: 0 }
upstream: { url: 'http://127.0.0.1:${service.port}' }
shutdown: ${shutdown}
routes: [{ path: '/{proxy+}', method: ANY, authorizationType: NONE }]
`
  writeFileSync(file, text)
  const { shell, state, signal, lines } = createShell()
  const exit = serve(['--config', file], shell)
  const portOf = (listener: string) =>
    lines().find((line) => line['listener'] === listener)?.['port'] as number | undefined
  await until(() => portOf('data') !== undefined)
  const ready = async () => (await fetch(`http://127.0.0.1:${portOf('admin')!}/readyz`)).status
  const logged = (msg: string) => lines().find((line) => line['msg'] === msg)
  return { ...service, dataPort: portOf('data')!, ready, exit, signal, state, logged }
}

for (const listener of listeners) {
  const { name, dial, get, agent: createAgent } = listener

  t.test(`${name}: SIGTERM under load loses no request`, async (t) => {
    const gate = await startServe(t, listener, '{ drainDelayMs: 2500, graceMs: 20000 }')
    const agent = createAgent()
    t.teardown(() => agent.destroy())
    const answers: { readonly body: string; readonly closing: boolean }[] = []
    const ask = async (path: string): Promise<void> => {
      const [answer] = (await once(
        get({ host: '127.0.0.1', port: gate.dataPort, path, agent }),
        'response',
      )) as [IncomingMessage]
      let body = ''
      for await (const chunk of answer) body += String(chunk)
      answers.push({ body, closing: answer.headers.connection === 'close' })
    }
    let stopped = false
    const askOn = async (): Promise<void> => {
      while (!stopped) await ask('/quick')
    }
    const load = Promise.all(Array.from({ length: 16 }, askOn))
    await until(() => answers.length > 100)
    t.ok(
      answers.every(({ closing }) => !closing),
      'connections are kept before',
    )
    t.equal(await gate.ready(), 200)
    const idle = dial(t, gate.dataPort, 'GET /quick HTTP/1.1\r\nHost: gate\r\n\r\n')
    await idle.sees(/quick$/)

    gate.signal('SIGTERM')
    t.equal(await gate.ready(), 503, 'not ready at once')
    // So long it takes a load balancer to see that, and to send no more.
    await setTimeout(500)
    stopped = true
    await load
    t.ok(
      answers.slice(-16).every(({ closing }) => closing),
      'each answer is the last of its connection',
    )
    const late = Promise.all(Array.from({ length: 8 }, () => ask('/late')))
    await until(() => gate.late.length === 8)
    t.equal(await idle.closed, 'end', 'the delay is over: an idle connection is ended')
    const refused = connect(gate.dataPort, '127.0.0.1')
    const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException]
    t.equal(error.code, 'ECONNREFUSED')
    for (const answer of gate.late) answer()
    await late
    t.equal(await gate.exit, 0)
    t.equal(answers.filter(({ body }) => body === 'late').length, 8)
    t.ok(
      answers.every(({ body }) => body === 'late' || body === 'quick'),
      'each answer is whole',
    )
    t.ok(gate.logged('stopped; nothing was cut'))
  })

  t.test(`${name}: a WebSocket is told, a stream is cut and counted`, async (t) => {
    const gate = await startServe(t, listener, '{ drainDelayMs: 0, graceMs: 500 }')
    const stream = dial(t, gate.dataPort, 'GET /events HTTP/1.1\r\nHost: gate\r\n\r\n')
    await stream.sees(/data: one\n\n/)
    const webSocket = dial(t, gate.dataPort, handshake('/ws'))
    await webSocket.sees(/^HTTP\/1\.1 101 /)
    gate.signal('SIGTERM')
    await webSocket.sees(/\x88\x0c\x03\xe9going away/)
    webSocket.socket.write(close(1001, { masked: true }))
    t.equal(await webSocket.closed, 'end')
    await stream.closed
    t.notMatch(stream.text(), /\r\n0\r\n\r\n$/, 'what was cut does not look whole')
    t.equal(await gate.exit, 0)
    t.match(
      gate.logged('stopped; requests had to be cut after the grace period, shutdown.graceMs'),
      {
        level: 'warn',
        cut: 1,
      },
    )
  })

  t.test(`${name}: a second signal does not wait`, async (t) => {
    const gate = await startServe(t, listener, '{ drainDelayMs: 0, graceMs: 300 }')
    const stream = dial(t, gate.dataPort, 'GET /events HTTP/1.1\r\nHost: gate\r\n\r\n')
    await stream.sees(/data: one\n\n/)
    gate.signal('SIGTERM')
    t.strictSame(gate.state.exits, [])
    gate.signal('SIGTERM')
    t.strictSame(gate.state.exits, [1])
    // Here the process lives on, and the first signal has its way.
    t.equal(await gate.exit, 0)
  })
}

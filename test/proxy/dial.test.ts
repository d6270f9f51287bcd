// Opening a connection: TLS names and trust, unix sockets, attempts that come to nothing.
import { mkdtempSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { UpstreamTls } from '../../src/core/settings.ts'
import { createDial, isSecure, type DialSettings } from '../../src/proxy/dial.ts'
import { certificate, privateKey } from '../fixtures/upstream-certificate.ts'
import { startRawUpstream, until } from '../helpers/raw-upstream.ts'

const trusting: UpstreamTls = {
  ca: certificate,
  cert: undefined,
  key: undefined,
  serverName: 'upstream.internal',
}

const settings = (port: number, changes: Partial<DialSettings> = {}): DialSettings => ({
  origin: `https://127.0.0.1:${port}`,
  socketPath: undefined,
  connectTimeoutMs: 5000,
  tls: trusting,
  ...changes,
})

/** The socket, or the code of the error. */
const outcomeOf = (dial: DialSettings): Promise<Socket | string> =>
  new Promise((resolve) => {
    createDial(dial)((error, socket) =>
      resolve(error === null ? socket : ((error as { code?: string }).code ?? error.message)),
    )
  })

const serverTls = { key: privateKey, cert: certificate }
const silent = (): void => undefined

t.test(
  'the certificate must be for the name in the settings, and of a known authority',
  async (t) => {
    const upstream = await startRawUpstream(t, silent, { tls: serverTls })
    const cases = [
      { name: 'name', given: trusting, want: 'open' },
      { name: 'address', given: { ...trusting, serverName: '127.0.0.1' }, want: 'open' },
      {
        name: 'other name',
        given: { ...trusting, serverName: 'evil.example' },
        want: 'ERR_TLS_CERT_ALTNAME_INVALID',
      },
      {
        name: 'other address',
        given: { ...trusting, serverName: '127.0.0.2' },
        want: 'ERR_TLS_CERT_ALTNAME_INVALID',
      },
      {
        name: 'unknown authority',
        given: { ...trusting, ca: undefined },
        want: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      },
    ]
    for (const { name, given, want } of cases) {
      const outcome = await outcomeOf(settings(upstream.port, { tls: given }))
      t.equal(typeof outcome === 'string' ? outcome : 'open', want, name)
      if (typeof outcome === 'string') continue
      await until(() => upstream.serverNames.length === (name === 'name' ? 1 : 2))
      outcome.destroy()
    }
    t.strictSame(
      upstream.serverNames.slice(0, 2),
      ['upstream.internal', false],
      'an address is no SNI',
    )
  },
)

t.test('a later connection resumes the session of an earlier one', async (t) => {
  const upstream = await startRawUpstream(t, ({ socket }) => socket.write('x'), { tls: serverTls })
  const dial = createDial(settings(upstream.port))
  const reused: boolean[] = []
  for (let count = 0; count < 2; count += 1) {
    await new Promise<void>((resolve) => {
      const socket = dial(() => socket.write('x'))
      socket.once('data', () => {
        reused.push((socket as unknown as { isSessionReused: () => boolean }).isSessionReused())
        // The session's ticket comes with the first bytes of the server.
        socket.end(() => setTimeout(resolve, 20))
      })
    })
  }
  t.strictSame(reused, [false, true])
})

t.test('the upstream may ask for a certificate of ours', async (t) => {
  const tls = { ...serverTls, ca: certificate, requestCert: true, rejectUnauthorized: true }
  const upstream = await startRawUpstream(t, ({ socket }) => socket.write('hello'), { tls })
  const withOurs = { ...trusting, cert: certificate, key: privateKey }
  const socket = (await outcomeOf(settings(upstream.port, { tls: withOurs }))) as Socket
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
  socket.write('x')
  await until(() => text === 'hello')
  socket.destroy()
})

t.test('a unix socket, and the default ports', async (t) => {
  const path = join(mkdtempSync(join(tmpdir(), 'dial-')), 'app.sock')
  const upstream = await startRawUpstream(t, silent, { path })
  const outcome = await outcomeOf(settings(0, { origin: 'http://localhost', socketPath: path }))
  ;(outcome as Socket).destroy()
  await until(() => upstream.open() === 0)
  for (const origin of ['http://[::1]', 'https://[::1]']) {
    // Nobody listens there, or somebody does; the attempt is given up at once either way.
    const outcome = new Promise((resolve) => {
      createDial(settings(0, { origin }))((...[error]) => resolve(error)).destroy()
    })
    t.match(await outcome, { message: 'the attempt to connect was given up' })
  }
})

t.test('an attempt that takes too long is over, also in the handshake', async (t) => {
  const upstream = await startRawUpstream(t, silent)
  t.equal(
    await outcomeOf(settings(upstream.port, { connectTimeoutMs: 80 })),
    'UND_ERR_CONNECT_TIMEOUT',
  )
  await until(() => upstream.open() === 0)
})

t.test('key material that is none fails at start-up', async (t) => {
  t.throws(() => createDial(settings(1, { tls: { ...trusting, ca: 'nonsense', cert: 'x' } })))
})

t.test('TLS is told by the scheme', async (t) => {
  t.strictSame([isSecure('https://a'), isSecure('http://a')], [true, false])
})

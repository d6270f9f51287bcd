import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { listenTls } from '../../src/config/listen-tls.ts'
import { lookIntervalMs } from '../../src/files/file-watch.ts'
import { createListener } from '../../src/server/listener.ts'
import { createTlsReload } from '../../src/server/tls-reload.ts'
import {
  authority,
  expiredCertificate,
  issuerCertificate,
  issuerKey,
  otherCertificate,
} from '../fixtures/issuer-certificates.ts'
import { certificate, privateKey } from '../fixtures/upstream-certificate.ts'
import { mountFiles } from '../helpers/config-map.ts'
import { dialTls, goodClient } from '../helpers/tls.ts'
import { createManualTime } from '../helpers/manual-time.ts'
import { until } from '../helpers/shell.ts'

const first = { 'tls.crt': issuerCertificate, 'tls.key': issuerKey, 'ca.crt': certificate }

const setUp = async (t: Test, { files = first, mutual = false } = {}) => {
  const folder = t.testdir({})
  const { update } = mountFiles(folder, files)
  const given = {
    certFile: 'tls.crt',
    keyFile: 'tls.key',
    clientCaFile: mutual ? 'ca.crt' : '',
  }
  const context = {
    report: (path: string, message: string) => t.fail(`${path} ${message}`),
    resolvePath: (path: string) => join(folder, path),
  }
  const tls = listenTls(given, context)!
  const server = createListener({}, { tls, handshakeTimeoutMs: 5000 })
  server.on('request', (_request, response) => response.end('ok'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const time = createManualTime()
  const lines: { level: string; fields: Readonly<Record<string, unknown>>; text: string }[] = []
  const note =
    (level: string) =>
    (fields: Readonly<Record<string, unknown>>, text: string): void => {
      lines.push({ level, fields, text })
    }
  const log = { debug: note('debug'), info: note('info'), warn: note('warn') }
  const reload = createTlsReload({ server, tls, log, ...time })
  reload.start()
  t.teardown(() => {
    reload.stop()
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  /** Lets looks go by until a line is logged; gives the lines since the last call. */
  const lineOf = async () => {
    for (;;) {
      const [line] = lines.splice(0)
      if (line !== undefined) return line
      if (time.waiting().length > 0) await time.advance(lookIntervalMs)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
  t.equal((await lineOf()).text, 'certificates of the listener are as before')
  return { folder, update, reload, port, lineOf, lines, time }
}

const subjectOf = async (t: Test, port: number): Promise<string> => {
  const client = dialTls(t, port, '', { rejectUnauthorized: false })
  await once(client.socket, 'secureConnect')
  const { CN } = client.socket.getPeerCertificate().subject
  client.socket.destroy()
  return String(CN)
}

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

t.test('a Secret that is updated is in force; connections stay', async (t) => {
  const { update, port, lineOf } = await setUp(t)
  const old = dialTls(t, port, get)
  await old.sees(/ok$/)
  update({ ...first, 'tls.crt': certificate, 'tls.key': privateKey })
  t.match(await lineOf(), {
    level: 'info',
    text: 'certificates of the listener replaced',
    fields: {
      file: /tls\.crt$/,
      subject: 'CN=upstream.internal',
      validTo: /2126/,
      clientCertificates: false,
    },
  })
  t.equal(await subjectOf(t, port), 'upstream.internal')
  old.socket.write(get)
  await old.sees(/ok[^]*ok$/)
})

t.test('a pair that is no pair is not taken, and told of once', async (t) => {
  const { folder, port, lineOf, lines, time, reload } = await setUp(t)
  const failed = {
    level: 'warn',
    text: 'certificates of the listener cannot be replaced; those of before stay in force',
  }
  // In place, through the link: as a careless script does it, with a long time between the two.
  writeFileSync(join(folder, 'tls.crt'), certificate)
  const reason = 'listen.tls.keyFile is not the key of the certificate in certFile'
  t.match(await lineOf(), { ...failed, fields: { reason } })
  t.equal(await subjectOf(t, port), 'issuer', 'the old one serves')
  for (let look = 0; look < 4; look += 1) {
    await until(() => time.waiting().length > 0)
    await time.advance(lookIntervalMs)
  }
  t.strictSame(lines, [])
  await reload.now()
  t.match(await lineOf(), { ...failed, fields: { reason } }, 'whoever asks is told again')
  writeFileSync(join(folder, 'tls.key'), 'x'.repeat(1_048_577))
  t.match(await lineOf(), {
    ...failed,
    fields: { reason: /^listen\.tls\.keyFile cannot be read: .* is longer than 1048576 bytes$/ },
  })
  writeFileSync(join(folder, 'tls.crt'), '')
  t.match(await lineOf(), {
    ...failed,
    fields: { reason: /^listen\.tls\.certFile holds no PEM certificate; listen\.tls\.keyFile / },
  })
  writeFileSync(join(folder, 'tls.crt'), certificate)
  writeFileSync(join(folder, 'tls.key'), privateKey)
  t.match(await lineOf(), { level: 'info', text: 'certificates of the listener replaced' })
  t.equal(await subjectOf(t, port), 'upstream.internal')
})

t.test('so is the authority of clients', async (t) => {
  const { update, port, lineOf } = await setUp(t, { mutual: true })
  const good = dialTls(t, port, get, goodClient)
  await good.sees(/ok$/)
  update({ ...first, 'ca.crt': authority })
  t.match(await lineOf(), { level: 'info', fields: { clientCertificates: true } })
  const late = dialTls(t, port, get, goodClient)
  await late.closed
  t.equal(late.text(), '')
  good.socket.write(get)
  await good.sees(/ok[^]*ok$/)
})

t.test('reading by hand needs no change, and no look', async (t) => {
  const { update, port, reload, lineOf } = await setUp(t)
  update({ ...first, 'tls.crt': otherCertificate })
  await reload.now()
  t.equal((await lineOf()).text, 'certificates of the listener replaced')
  t.equal(await subjectOf(t, port), 'other')
  await reload.now()
  t.equal((await lineOf()).text, 'certificates of the listener are as before')
})

t.test('a certificate that has ended is taken, and warned of', async (t) => {
  const { update, reload, lines } = await setUp(t)
  update({ ...first, 'tls.crt': expiredCertificate })
  await reload.now()
  const ended = /^the certificate of the listener expired at .*; clients will refuse it$/
  t.match(lines.splice(0), [
    { level: 'info', text: 'certificates of the listener replaced' },
    { level: 'warn', text: ended },
  ])
})

// Large uploads by curl through the gate to a Python service: whole, in bounded memory, and not begun
// by somebody who may not.
import { createHash, randomBytes } from 'node:crypto'
import { closeSync, createReadStream, ftruncateSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import { createUserPool, type UserPool } from '../../src/demo/user-pool.ts'
import { mebibyte, peakBytes, residentBytes, resetPeak } from '../bench/resident-memory.ts'
import { bearer } from './helpers/cases.ts'
import { runCurl } from './helpers/curl.ts'
import { ephemeralListeners, startGate, untilReady, type Gate } from './helpers/gate.ts'
import type { Program, Scope } from './helpers/program.ts'
import { startPython } from './helpers/python.ts'
import { tempDir } from './helpers/temp-dir.ts'

interface Setup {
  readonly pool: UserPool
  readonly gate: Gate
  readonly service: Program
}

const start = async (scope: Scope): Promise<Setup> => {
  const pool = await createUserPool({ poolId: 'eu-west-1_Uploads01', clientId: 'webapp' })
  scope.teardown(() => pool.close())
  const { url, program } = await startPython(scope, 'uploads.py')
  const gate = await startGate(scope, {
    config: `${ephemeralListeners}
upstream: { url: '${url}' }
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [${pool.poolId}], issuer: '${pool.issuer}' }
routes: [{ path: '/files/{proxy+}', method: PUT, authorizer: pool }]
`,
  })
  await untilReady(gate)
  return { pool, gate, service: program }
}

/** A file that takes little space on the disk, yet no two parts of it are the same. */
const makeSparseFile = (scope: Scope, size: number): string => {
  const file = join(tempDir(scope), 'sparse')
  const descriptor = openSync(file, 'w')
  ftruncateSync(descriptor, size)
  for (let offset = 0; offset < size; offset += 4 * mebibyte) {
    writeSync(descriptor, randomBytes(4096), 0, 4096, offset)
  }
  closeSync(descriptor)
  return file
}

const sha256Of = async (file: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file, { highWaterMark: mebibyte }), hash)
  return hash.digest('hex')
}

t.test('an upload of 1 GiB arrives whole, and is not held in memory', async (t) => {
  const size = 1024 * mebibyte
  const { pool, gate } = await start(t)
  const file = makeSparseFile(t, size)
  const sha256 = await sha256Of(file)
  const cases = [
    { name: 'with its length', args: [], chunked: false },
    { name: 'in chunks', args: ['-H', 'Transfer-Encoding: chunked'], chunked: true },
  ]
  for (const { name, args, chunked } of cases) {
    const before = residentBytes(gate.pid)
    resetPeak(gate.pid)
    const begun = Date.now()
    const url = `${gate.url}/files/large`
    const answer = await runCurl([...bearer(pool.idToken()), ...args, '--upload-file', file, url])
    t.strictSame(JSON.parse(answer), { bytes: size, sha256, chunked }, name)
    const rose = (peakBytes(gate.pid) - before) / mebibyte
    t.comment(`${name}: rose by ${rose.toFixed(1)} MiB in ${Date.now() - begun} ms`)
    // V8 frees buffers late on a busy machine; what matters is that it is not the size of the body.
    t.ok(rose < 128)
  }
})

t.test('an upload waits for leave to be sent', async (t) => {
  const { pool, gate, service } = await start(t)
  const file = makeSparseFile(t, 8 * mebibyte)
  const put = async (...args: readonly string[]) => {
    const form = '\n%{http_code} %{size_upload}'
    const transfer = ['--include', '--write-out', form, '--upload-file', file]
    const printed = await runCurl([...args, ...transfer, `${gate.url}/files/x`])
    const [status, sent] = (printed.split('\n').at(-1) ?? '').split(' ').map(Number)
    return { status, sent, continued: printed.startsWith('HTTP/1.1 100 Continue\r\n') }
  }
  // curl would send the body by itself after a second; here it waits for as long as it takes.
  const expecting = ['-H', 'Expect: 100-continue', '--expect100-timeout', '50']
  const token = bearer(pool.idToken())

  t.strictSame(
    await put(...expecting, ...token),
    { status: 200, sent: 8 * mebibyte, continued: true },
    'which somebody who may gets',
  )
  const requests = service.stdout()
  t.strictSame(
    await put(...expecting),
    { status: 401, sent: 0, continued: false },
    'and somebody who may not does not: no byte of the body is sent',
  )
  t.strictSame(
    await put(...expecting, ...bearer(`${pool.idToken()}x`)),
    { status: 401, sent: 0, continued: false },
    'nor with a token that does not hold',
  )

  // At this rate the whole of it would take longer than curl is given.
  const { status, sent = 0, continued } = await put('-H', 'Expect:', '--limit-rate', '64k')
  t.equal(status, 401, 'who does not ask is told while sending')
  t.notOk(continued)
  t.ok(sent < mebibyte, 'and not listened to till the end')
  t.comment(`${sent} bytes were sent`)
  t.equal(service.stdout(), requests, 'the service has seen none of the refused ones')
})

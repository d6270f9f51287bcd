// HAProxy (Debian) with deploy/haproxy: a Lua action that asks.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { testH2 } from './helpers/edge-h2.ts'
import { testRefusals } from './helpers/edge-refusals.ts'
import { testEdge } from './helpers/edge-tests.ts'
import type { StartProxy } from './helpers/edge.ts'
import { startProgram } from './helpers/program.ts'
import { tempDir } from './helpers/temp-dir.ts'

const startHAProxy: StartProxy = (t, withAddresses) => {
  const dir = tempDir(t)
  for (const name of ['haproxy.cfg', 'cognito-gate.lua']) {
    writeFileSync(join(dir, name), withAddresses(readFileSync(`deploy/haproxy/${name}`, 'utf8')))
  }
  return startProgram(t, 'haproxy', ['-db', '-f', 'haproxy.cfg'], { cwd: dir })
}

// Debian's HAProxy is older than the option that drops trailers.
testEdge('HAProxy', startHAProxy, { withoutGate: 503, tooManyHeaders: 400, keepsTrailers: true })
testRefusals('HAProxy', startHAProxy)
testH2(
  'HAProxy',
  (t, withAddresses) =>
    startHAProxy(t, (text) =>
      withAddresses(text.replace('127.0.0.1:8000', '127.0.0.1:8000 proto h2')),
    ),
  { keepsTrailers: true },
)

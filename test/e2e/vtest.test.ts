// VTest, the tester of Varnish and HAProxy (Debian's varnish brings it as varnishtest), drives both ends of
// the built gate with scripts of its own language, test/e2e/vtc/*.vtc.
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { freePort } from './helpers/free-port.ts'
import { ephemeralListeners, startGate } from './helpers/gate.ts'
import { startProgram } from './helpers/program.ts'
import { tempDir } from './helpers/temp-dir.ts'

const dir = resolve('test/e2e/vtc')
const upstreamPort = await freePort()
const gate = await startGate(t, {
  config: `${ephemeralListeners}
upstream: { url: 'http://127.0.0.1:${upstreamPort}' }
routes: [{ path: '/{proxy+}', method: ANY, authorizationType: NONE }]
`,
})

for (const file of readdirSync(dir)) {
  t.test(file, async (t) => {
    const ports = [`-Dgate_port=${new URL(gate.url).port}`, `-Dupstream_port=${upstreamPort}`]
    const temp = tempDir(t)
    const args = ['-t', '15', ...ports, join(dir, file)]
    const program = startProgram(t, 'varnishtest', args, { env: { TMPDIR: temp } })
    const { code } = await program.exited
    t.equal(code, 0, program.stdout())
  })
}

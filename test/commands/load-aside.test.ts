import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { hasProblems, loadConfiguration } from '../../src/commands/configuration.ts'
import { createLoadAside, type AsideOptions } from '../../src/commands/load-aside.ts'
import { threadProgram } from '../helpers/thread-program.ts'

const good = `
upstream: { url: 'http://127.0.0.1:9' }
routes: [{ path: /a, method: GET, authorizationType: NONE }]
`

const loadAside = (options: Partial<AsideOptions> = {}) =>
  createLoadAside({ program: threadProgram, ...options })

const setUp = async (t: Test) => {
  // The thread keeps no process alive.
  const alive = setInterval(() => undefined, 1000)
  t.teardown(() => clearInterval(alive))
  const file = join(t.testdir({ 'gate.yaml': good }), 'gate.yaml')
  const first = await loadConfiguration(file, { env: {} })
  if (hasProblems(first)) throw new Error(JSON.stringify(first))
  return { file, inForce: first.settings }
}

t.test('a thread loads what this one would, and tells the files', async (t) => {
  const { file, inForce } = await setUp(t)
  const reply = await loadAside()({ file, env: {}, inForce })
  t.strictSame(reply, { loaded: inForce, files: [file] })
})

t.test('problems come back as they are', async (t) => {
  const { file, inForce } = await setUp(t)
  writeFileSync(file, `${good}\na: 1`)
  const { loaded } = await loadAside()({ file, env: {}, inForce })
  t.match(loaded, [{ path: 'a', message: /unknown|not a key/ }])
})

t.test('a thread that takes too long is ended', async (t) => {
  const { file, inForce } = await setUp(t)
  const reply = await loadAside({ timeoutMs: 1 })({ file, env: {}, inForce })
  t.match(reply, {
    loaded: [{ path: file, message: 'cannot be loaded: it takes longer than 0.001 s' }],
  })
})

t.test('a thread that needs too much memory ends alone', async (t) => {
  const { file, inForce } = await setUp(t)
  writeFileSync(file, Array.from({ length: 90_000 }, (_, n) => `k${n}: 1`).join('\n'))
  const { loaded } = await loadAside({ maxHeapMib: 8 })({ file, env: {}, inForce })
  t.match(loaded, [{ path: file, message: /^cannot be loaded: .*memory/ }])
})

t.test('without a file the environment is what a fault is about', async (t) => {
  const { inForce } = await setUp(t)
  const reply = await loadAside({ timeoutMs: 1 })({ file: undefined, env: {}, inForce })
  t.match(reply, { loaded: [{ path: '' }], files: [] })
})

t.test('the usual program is the one beside it', async (t) => {
  const { inForce } = await setUp(t)
  const { loaded } = await createLoadAside()({ file: undefined, env: {}, inForce })
  t.ok(loaded, 'sources have none in JavaScript, what is built has')
})

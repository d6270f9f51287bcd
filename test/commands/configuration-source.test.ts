import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import t, { type Test } from 'tap'
import { createConfigurationSource } from '../../src/commands/configuration-source.ts'
import { createLoadAside } from '../../src/commands/load-aside.ts'
import { hasProblems } from '../../src/commands/configuration.ts'
import { threadProgram } from '../helpers/thread-program.ts'

const text = (more = '') => `
upstream: { url: 'http://127.0.0.1:9' }
routes: [{ path: /a, method: GET, authorizationType: NONE }]
${more}`

const loadAside = createLoadAside({ program: threadProgram })

const setUp = async (t: Test, more = '') => {
  const folder = t.testdir({
    'gate.yaml': text(more),
    'deny.json': '[{"claim":"sub","value":"a"}]',
  })
  const file = join(folder, 'gate.yaml')
  const source = createConfigurationSource(file, { env: {} }, loadAside)
  const first = await source.loadFirst()
  if (hasProblems(first)) throw new Error(JSON.stringify(first))
  return { folder, file, source, first }
}

t.test('the files are those that the last reading was made from', async (t) => {
  const { folder, file, source, first } = await setUp(t, 'denyList: { file: deny.json }')
  t.strictSame(source.files(), [file], 'the deny list is watched by itself')
  writeFileSync(file, text('openapi: missing.json'))
  const broken = await source.load(first.settings)
  t.match(broken, { ok: false, error: /^openapi: "missing\.json" cannot be read: there is no/ })
  t.strictSame(source.files(), [file, join(folder, 'missing.json')], 'what is missing may come')
  writeFileSync(file, text())
  t.ok((await source.load(first.settings)).ok)
  t.strictSame(source.files(), [file])
  rmSync(file)
  t.match(await source.load(first.settings), { ok: false, error: /there is no such file/ })
})

t.test('many problems are cut to a line', async (t) => {
  const { file, source, first } = await setUp(t)
  writeFileSync(file, ['upstream: { url: a }', 'a: 1\nb: 1\nc: 1\nd: 1\ne: 1\nf: 1'].join('\n'))
  const broken = await source.load(first.settings)
  t.match(broken, { ok: false, error: /; and \d more$/ })
  t.notMatch(broken, { error: /\n/ })
})

t.test('a deny list that is watched already is not read again; another one is', async (t) => {
  const { folder, file, source, first } = await setUp(t, 'denyList: { file: deny.json }')
  writeFileSync(join(folder, 'deny.json'), 'broken')
  const same = await source.load(first.settings)
  t.match(same, { ok: true, value: { settings: { denyList: first.settings.denyList } } })
  writeFileSync(join(folder, 'other.json'), '[{"claim":"sub","value":"b"}]')
  writeFileSync(file, text('denyList: { file: other.json }'))
  t.match(await source.load(first.settings), {
    ok: true,
    value: { settings: { denyList: { tokens: [{ value: 'b' }] } } },
  })
  writeFileSync(join(folder, 'other.json'), '[{"claim":"x"}]')
  t.match(await source.load(first.settings), { ok: false, error: /^denyList\.file: / })
  rmSync(join(folder, 'other.json'))
  t.match(await source.load(first.settings), { ok: false, error: /^denyList\.file: ENOENT/ })
})

t.test('what is long is loaded aside, with the same outcome', async (t) => {
  const { file, source, first } = await setUp(t)
  const filler = `\n# ${'x'.repeat(20_000)}\n`
  writeFileSync(file, text('basePath: /prod') + filler)
  const loaded = await source.load(first.settings)
  t.match(loaded, {
    ok: true,
    value: { settings: { basePath: '/prod' }, table: { routes: [{ label: 'GET /a' }] } },
  })
  t.strictSame(source.files(), [file])
  writeFileSync(file, text('basePath: prod') + filler)
  t.match(await source.load(first.settings), { ok: false, error: /^basePath: "prod" is not/ })
})

t.test('what a thread has loaded is as if it had been loaded here', async (t) => {
  for (const name of readdirSync('config')) {
    const example = readFileSync(join('config', name), 'utf8')
    if (!name.endsWith('.yaml') || example.includes('jwksFile')) continue
    const file = join(
      t.testdir({ 'gate.yaml': `${example}\n# ${'x'.repeat(20_000)}\n` }),
      'gate.yaml',
    )
    const env = { UPSTREAM_URL: 'http://127.0.0.1:9', COGNITO_USER_POOL_IDS: undefined }
    cpSync('config/orders-export.json', join(file, '../orders-export.json'))
    const source = createConfigurationSource(file, { env }, loadAside)
    const first = await source.loadFirst()
    if (hasProblems(first)) throw new Error(`${name}: ${JSON.stringify(first)}`)
    const loaded = await source.load(first.settings)
    if (!loaded.ok) throw new Error(`${name}: ${loaded.error}`)
    t.ok(isDeepStrictEqual(loaded.value.settings, first.settings), name)
    t.ok(Object.isFrozen(loaded.value.settings.routes[0]), 'and cannot be changed')
  }
})

t.test('what came through a pipe cannot be read again', async (t) => {
  const { source } = await setUp(t)
  t.ok(source.isRepeatable())
  const piped = createConfigurationSource('/dev/null', { env: {} })
  await piped.loadFirst()
  t.notOk(piped.isRepeatable())
})

t.test('a fault of the loader itself is no problem of the file', async (t) => {
  const { file, first } = await setUp(t)
  const env = new Proxy(
    {},
    {
      get: () => {
        throw new Error('a bug')
      },
    },
  )
  const source = createConfigurationSource(file, { env })
  await t.rejects(source.loadFirst(), { message: 'a bug' })
  await t.rejects(source.load(first.settings), { message: 'a bug' })
})

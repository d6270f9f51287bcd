import t, { type Test } from 'tap'
import type { LogFields } from '../../src/core/ports.ts'
import { fail, ok, type Result } from '../../src/core/result.ts'
import type { Configuration } from '../../src/gate/configuration.ts'
import { createConfigurationReload } from '../../src/gate/configuration-reload.ts'
import { createManualTime } from '../helpers/manual-time.ts'
import { until } from '../helpers/shell.ts'
import { configurationOf } from './building.ts'

const upstream = `upstream: { url: 'http://127.0.0.1:9' }`
const at = (basePath: string): Configuration =>
  configurationOf(`${upstream}\nbasePath: ${basePath}`)

type Loading = Result<Configuration, string>

const setUp = (t: Test) => {
  const time = createManualTime(1000)
  const told: string[] = []
  const state = {
    inForce: at('/one'),
    next: ok(at('/one')) as Loading | Promise<Loading>,
    prepare: (configuration: Configuration) => Promise.resolve(configuration),
    take: (configuration: Configuration) => void (state.inForce = configuration),
  }
  const write = (level: string) => (fields: LogFields, message: string) =>
    void told.push(`${level}: ${message} ${JSON.stringify(fields)}`)
  const reload = createConfigurationReload<Configuration>({
    source: { load: () => Promise.resolve(state.next), files: () => [] },
    inForce: () => state.inForce.settings,
    prepare: (configuration) => state.prepare(configuration),
    take: (configuration) => state.take(configuration),
    discard: ({ settings }) => void told.push(`discarded ${settings.basePath}`),
    recorder: {
      reloaded: (_part, outcome, atMs) => void told.push(`counted ${outcome} at ${atMs}`),
    },
    clock: time.clock,
    schedule: time.schedule,
    log: {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
    },
  })
  t.teardown(reload.stop)
  return { time, told, state, reload }
}

t.test('what has changed is put in force, told, counted and remembered', async (t) => {
  const { told, state, reload } = setUp(t)
  state.next = ok(at('/two'))
  await reload.now()
  t.equal(state.inForce.settings.basePath, '/two')
  t.strictSame(told, [
    'info: configuration reloaded {"trigger":"signal","changed":"basePath"}',
    'counted success at 1000',
  ])
  t.strictSame(reload.reloads(), [
    { atMs: 1000, outcome: 'success', trigger: 'signal', message: 'basePath' },
  ])
})

t.test('whatever is wrong leaves what is in force', async (t) => {
  const { told, state, reload } = setUp(t)
  const reasons = async (): Promise<unknown> => {
    await reload.now()
    t.equal(state.inForce.settings.basePath, '/one')
    return reload.reloads().at(-1)?.message
  }
  state.next = fail('routes: are wrong')
  t.equal(await reasons(), 'routes: are wrong')
  t.strictSame(told.splice(0), [
    'error: configuration not reloaded; the one of before stays in force {"trigger":"signal","reason":"routes: are wrong"}',
    'counted failed at 1000',
  ])
  state.next = ok(configurationOf(`${upstream}\napiType: HTTP\nlisten: { port: 1 }`))
  t.equal(
    await reasons(),
    'apiType needs a restart (from REST to HTTP); listen.port needs a restart (from 8080 to 1)',
  )
  state.next = Promise.reject(new Error('a bug'))
  t.equal(await reasons(), 'a bug')
  state.next = ok(at('/two'))
  state.prepare = () => Promise.reject(new Error('OpenSSL says no'))
  t.equal(await reasons(), 'OpenSSL says no')
  told.splice(0)
  state.prepare = (configuration) => Promise.resolve(configuration)
  state.take = () => {
    throw new Error('no such thing')
  }
  t.equal(await reasons(), 'no such thing')
  t.match(told, ['discarded /two', /^error: /, 'counted failed at 1000'])
})

t.test('files that say what is in force are a reload only after a fault', async (t) => {
  const { told, state, reload } = setUp(t)
  state.next = fail('broken')
  await reload.now()
  told.splice(0)
  state.next = ok(at('/one'))
  reload.start()
  await until(() => told.length === 2)
  t.strictSame(told, [
    'info: configuration read again; it is the one in force {"trigger":"files"}',
    'counted success at 1000',
  ])
  t.match(reload.reloads().at(-1), { outcome: 'success', message: 'nothing has changed' })
})

t.test('a first look that finds nothing new is no reload; whoever asks is told', async (t) => {
  const { told, time, reload } = setUp(t)
  reload.start()
  await until(() => time.waiting().length > 0)
  await reload.now()
  t.strictSame(told, [
    'info: configuration read again; it is the one in force {"trigger":"signal"}',
    'counted success at 1000',
  ])
})

t.test('twenty reloads are remembered', async (t) => {
  const { state, reload } = setUp(t)
  for (let turn = 0; turn < 25; turn += 1) {
    state.next = ok(at(`/${turn}`))
    await reload.now()
  }
  t.equal(reload.reloads().length, 20)
  t.equal(state.inForce.settings.basePath, '/24')
})

t.test('what is ready when the gate ends is let go', async (t) => {
  const { told, state, reload } = setUp(t)
  let ready = (_configuration: Configuration): void => undefined
  state.next = ok(at('/two'))
  state.prepare = () => new Promise((resolve) => (ready = resolve))
  const done = reload.now()
  await new Promise((resolve) => setTimeout(resolve, 20))
  reload.stop()
  ready(at('/two'))
  await done
  t.strictSame(told, ['discarded /two'])
  const same = setUp(t)
  let loaded = (_loading: Loading): void => undefined
  same.state.next = new Promise((resolve) => (loaded = resolve))
  const over = same.reload.now()
  await new Promise((resolve) => setTimeout(resolve, 20))
  same.reload.stop()
  loaded(ok(at('/one')))
  await over
  t.strictSame(same.told, [])
})

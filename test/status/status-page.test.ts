import t from 'tap'
import { createStatusPage } from '../../src/status/status-page.ts'
import { systemClock } from '../../src/observe/clock.ts'
import { createSources } from './fixtures.ts'

const setUp = async (t: Parameters<typeof createSources>[0], enabled: boolean) => {
  const { inForce, metrics } = await createSources(t)
  const sources = {
    inForce: () => inForce,
    readings: metrics,
    notReady: () => [],
    reloads: () => [],
    clock: systemClock,
    version: '0',
  }
  return createStatusPage({ enabled }, sources)
}

t.test('where it is not enabled, the log is the log, and there is no listener', async (t) => {
  const page = await setUp(t, false)
  const log = { wants: () => true, write: () => undefined, flush: () => undefined }
  t.equal(page.server, undefined)
  t.equal(page.watch(log), log)
})

t.test('where it is, there is a listener that does not listen yet', async (t) => {
  const page = await setUp(t, true)
  const log = { wants: () => true, write: () => undefined, flush: () => undefined }
  t.equal(page.server?.listening, false)
  t.not(page.watch(log), log)
})

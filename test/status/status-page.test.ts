import t from 'tap'
import { createStatusPage } from '../../src/status/status-page.ts'
import { systemClock } from '../../src/observe/clock.ts'
import { createSources } from './fixtures.ts'

const setUp = async (t: Parameters<typeof createSources>[0], enabled: boolean) => {
  const { inForce, metrics } = await createSources(t)
  const settings = {
    ...inForce.settings,
    statusPage: { ...inForce.settings.statusPage, enabled },
  }
  return createStatusPage({
    inForce: () => ({ ...inForce, settings }),
    readings: metrics,
    notReady: () => [],
    reloads: () => [],
    clock: systemClock,
    version: '0',
  })
}

t.test('where it is not enabled, the log is the log, and there is no listener', async (t) => {
  const page = await setUp(t, false)
  const log = { write: () => undefined, flush: () => undefined }
  t.equal(page.server, undefined)
  t.equal(page.watch(log), log)
})

t.test('where it is, there is a listener that does not listen yet', async (t) => {
  const page = await setUp(t, true)
  const log = { write: () => undefined, flush: () => undefined }
  t.equal(page.server?.listening, false)
  t.not(page.watch(log), log)
})

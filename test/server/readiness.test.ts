import t from 'tap'
import { createReadiness } from '../../src/server/readiness.ts'

const setUp = (startupWaitSeconds: number) => {
  const state = { nowMs: 1_000, missing: ['https://issuer.example'] as string[] }
  const readiness = createReadiness({
    missing: () => state.missing,
    startupWaitSeconds,
    clock: { wallMs: () => 0, monotonicMs: () => state.nowMs },
  })
  return { state, readiness }
}
const waiting = ['waiting for the signing keys of https://issuer.example']

t.test('not ready until every issuer has had keys', async (t) => {
  const { state, readiness } = setUp(60)
  t.strictSame(readiness.reasons(), waiting)
  state.missing = []
  t.strictSame(readiness.reasons(), [])
})

t.test('ready once the wait is over, keys or not', async (t) => {
  const { state, readiness } = setUp(60)
  state.nowMs += 59_999
  t.strictSame(readiness.reasons(), waiting)
  state.nowMs += 1
  t.strictSame(readiness.reasons(), [])
})

t.test('once ready it stays ready, whatever the issuers do', async (t) => {
  const { state, readiness } = setUp(60)
  state.missing = []
  t.strictSame(readiness.reasons(), [])
  state.missing = ['https://issuer.example']
  t.strictSame(readiness.reasons(), [])
})

t.test('draining ends readiness for good', async (t) => {
  const { state, readiness } = setUp(0)
  t.equal(readiness.draining(), false)
  readiness.startDraining()
  t.equal(readiness.draining(), true)
  state.missing = []
  t.strictSame(readiness.reasons(), ['draining: the gate is shutting down'])
})

import { Registry } from 'prom-client'
import t from 'tap'
import { createReloadMetrics } from '../../src/observe/metrics-reloads.ts'

const shown = async (registry: Registry): Promise<readonly string[]> =>
  (await registry.metrics()).split('\n').filter((line) => line.startsWith('cognito_gate_'))

t.test('a failed reload is counted and shown for as long as nothing has succeeded', async (t) => {
  const registry = new Registry()
  const metrics = createReloadMetrics(registry, 1_000_900)
  t.strictSame(await shown(registry), [
    'cognito_gate_config_reloads_total{outcome="success"} 0',
    'cognito_gate_config_reloads_total{outcome="failed"} 0',
    'cognito_gate_config_last_reload_timestamp_seconds 1000',
    'cognito_gate_config_last_reload_successful 1',
  ])
  metrics.reloaded('configuration', 'failed', 2_000_000)
  t.strictSame(await shown(registry), [
    'cognito_gate_config_reloads_total{outcome="success"} 0',
    'cognito_gate_config_reloads_total{outcome="failed"} 1',
    'cognito_gate_config_last_reload_timestamp_seconds 1000',
    'cognito_gate_config_last_reload_successful 0',
  ])
  metrics.reloaded('configuration', 'success', 3_000_000)
  t.strictSame(await shown(registry), [
    'cognito_gate_config_reloads_total{outcome="success"} 1',
    'cognito_gate_config_reloads_total{outcome="failed"} 1',
    'cognito_gate_config_last_reload_timestamp_seconds 3000',
    'cognito_gate_config_last_reload_successful 1',
  ])
})

t.test('a part that is broken shows until that part is good again', async (t) => {
  const registry = new Registry()
  const metrics = createReloadMetrics(registry, 0)
  const successful = async () => (await shown(registry)).at(-1)?.slice(-1)
  metrics.reloaded('denyList', 'failed', 1)
  metrics.reloaded('configuration', 'failed', 1)
  metrics.reloaded('configuration', 'success', 1)
  metrics.reloaded('certificates', 'success', 1)
  t.equal(await successful(), '0')
  metrics.reloaded('denyList', 'success', 1)
  t.equal(await successful(), '1')
})

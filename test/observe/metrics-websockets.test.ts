import { Registry } from 'prom-client'
import t from 'tap'
import { createWebSocketMetrics } from '../../src/observe/metrics-websockets.ts'
import { samples } from './fixtures.ts'

t.test(
  'what is opened is active until it is closed; every reason is there from the start',
  async (t) => {
    const registry = new Registry()
    const metrics = createWebSocketMetrics(registry)
    for (let count = 0; count < 3; count += 1) metrics.webSocketOpened()
    metrics.webSocketClosed('expiry')
    metrics.webSocketClosed('expiry')
    t.equal(metrics.webSocketsActive(), 1)
    const text = await registry.metrics()
    t.strictSame(samples(text, 'cognito_gate_websockets_active'), [
      'cognito_gate_websockets_active 1',
    ])
    t.strictSame(samples(text, 'cognito_gate_websockets_closed_total'), [
      'cognito_gate_websockets_closed_total{reason="client"} 0',
      'cognito_gate_websockets_closed_total{reason="upstream"} 0',
      'cognito_gate_websockets_closed_total{reason="expiry"} 2',
      'cognito_gate_websockets_closed_total{reason="idle"} 0',
      'cognito_gate_websockets_closed_total{reason="drain"} 0',
      'cognito_gate_websockets_closed_total{reason="revoked"} 0',
      'cognito_gate_websockets_closed_total{reason="error"} 0',
    ])
  },
)

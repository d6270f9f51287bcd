// Routes and registries for the tests of the metrics.
import type { KeySetState } from '../../src/core/ports.ts'
import type { Access, Route } from '../../src/core/route.ts'
import type { MetricsOptions } from '../../src/observe/metrics.ts'

export const route = (index: number, label: string, access: Access): Route => {
  const [method = '', path = ''] = label.split(' ')
  return {
    index,
    label,
    method,
    path,
    access,
    enforcement: 'enforce',
    responseTimeoutMs: undefined,
    allowEncodedSlash: false,
    requestParameters: [],
    mock: undefined,
  }
}

export const tokenAccess = (authorizer: string): Access => ({
  kind: 'token',
  authorizer,
  scopes: [],
  groups: [],
  claims: [],
})

export const health = route(0, 'GET /health', { kind: 'public' })
export const order = route(1, 'GET /orders/{orderId}', tokenAccess('pool'))
export const secret = route(2, 'ANY /secret', { kind: 'denied' })

export const issuer = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf'

export const metricsOptions = (changes: Partial<MetricsOptions> = {}): MetricsOptions => ({
  routes: [health, order, secret],
  authorizers: ['pool'],
  version: '1.2.3',
  startedMs: 1_790_000_000_500,
  reportMode: () => ({ reporting: 0, unmatched: false }),
  tokenCache: () => ({ entries: 2, bytes: 4096 }),
  keySets: () =>
    new Map<string, KeySetState>([
      [issuer, { keys: 2, lastSuccessSeconds: 1_790_000_000, stale: false }],
    ]),
  ...changes,
})

/** The samples of one metric in a text, histogram parts included. */
export const samples = (text: string, name: string): readonly string[] =>
  text.split('\n').filter((line) => line.startsWith(name) && !line.startsWith('#'))

/** The blocks of the gate's own metrics, without those of the process and of Node.js. */
export const ownBlocks = (text: string): string =>
  text
    .trimEnd()
    .split('\n\n')
    .filter((block) => block.startsWith('# HELP cognito_gate_'))
    .join('\n\n')

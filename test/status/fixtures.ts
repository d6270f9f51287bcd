// A report with something in every place, and the sources that reports are made from.
import { writeFileSync } from 'node:fs'
import type { Test } from 'tap'
import { loadSettings } from '../../src/config/load.ts'
import type { KeySetReport } from '../../src/core/ports.ts'
import { unwrap } from '../../src/core/result.ts'
import type { Settings } from '../../src/core/settings.ts'
import { createMetrics, type Metrics } from '../../src/observe/metrics.ts'
import { readExport } from '../../src/openapi/read.ts'
import { compileRoutes, type RouteTable } from '../../src/routing/table.ts'
import type { InForce } from '../../src/status/build-report.ts'
import type { StatusReport } from '../../src/status/report.ts'

/** What breaks out of text, of attributes and of scripts, where it is not escaped. */
export const hostile = `"><img src=x onerror="document.title='owned'"><script>'&`

export const report: StatusReport = {
  at: '2026-11-29T07:15:59.120Z',
  gate: {
    version: '1.2.3',
    node: 'v24.1.0',
    apiType: 'REST',
    startedAt: '2026-11-28T05:11:00.000Z',
    uptimeSeconds: 93_899,
  },
  readiness: 'not_ready',
  notices: ['draining: the gate is shutting down', hostile],
  reportMode: { reporting: 1, routes: 2, unmatched: true },
  traffic: { requestsInFlight: 3, webSockets: 0 },
  totals: { allowed: 1_234_567, denied: 8, wouldDeny: 2 },
  upstream: { url: `http://app:3000/${hostile}`, requests: 2, waiting: 0, maxConnections: 1024 },
  cache: {
    ...{ entries: 12, bytes: 4096, maxBytes: 33_554_432 },
    ...{ hits: 9, misses: 1, hitRatio: 0.9, evictions: 0 },
  },
  keys: [
    {
      ...{ authorizer: hostile, type: 'JWT', issuer: hostile, source: 'uri', state: 'failing' },
      ...{ keys: 2, ageSeconds: 75, nextFetchSeconds: 2, lastError: hostile },
    },
  ],
  routes: [
    {
      ...{ route: `GET /${hostile}`, authorizer: hostile, access: 'token', enforcement: 'report' },
      ...{ scopes: [hostile], groups: ['admins'], allowed: 5, denied: 0, wouldDeny: 2 },
      reasons: { token_missing: 2 },
    },
    {
      ...{ route: 'ANY /secret', authorizer: null, access: 'denied', enforcement: null },
      ...{ scopes: [], groups: [], allowed: 0, denied: 3, wouldDeny: 0 },
      reasons: { route_denied: 3 },
    },
  ],
  unmatched: { allowed: 0, denied: 5, wouldDeny: 0, reasons: { no_route: 5 } },
  early: { target_ambiguous: 1 },
  refusals: [
    {
      ...{ at: '2026-11-29T07:15:58.000Z', route: hostile, denial: 'no_route', outcome: 'deny' },
      ...{ status: 403, requestId: hostile },
    },
  ],
  reloads: [
    {
      ...{ at: '2026-11-29T07:00:00.000Z', outcome: 'failed', trigger: 'files', message: hostile },
    },
  ],
}

/** A gate that was asked nothing yet. */
export const emptyReport: StatusReport = {
  ...report,
  ...{ readiness: 'ready', notices: [], keys: [], routes: [], refusals: [], reloads: [] },
  upstream: { ...report.upstream, url: 'http://app:3000' },
}

export const issuer = 'https://idp.example.com/'

/** Two routes for tokens, one of them scoped, one public, one denied. */
const configuration = `
upstream: { url: 'http://127.0.0.1:3000/legacy' }
statusPage: { enabled: true, port: 0 }
authorizers:
  partner: { type: JWT, jwtConfiguration: { issuer: '${issuer}', audience: [orders] } }
routes:
  - { path: /health, method: GET, authorizationType: NONE }
  - { path: /orders, method: GET, authorizer: partner, authorizationScopes: [orders/read] }
  - { path: /desk, method: GET, authorizer: partner, enforcement: report }
  - { path: /secret, method: ANY, authorizationType: DENY }
`

export interface Sources {
  readonly inForce: InForce
  readonly metrics: Metrics
  /** What the issuer's keys are from now on. */
  readonly setKeys: (changes: Partial<KeySetReport>) => void
}

/** What a gate that serves `configuration` has, with keys that the test sets. `more` is YAML. */
export const createSources = async (t: Test, more = ''): Promise<Sources> => {
  const file = `${t.testdir({})}/gate.yaml`
  writeFileSync(file, configuration + more)
  const settings: Settings = unwrap(
    await loadSettings({ file, env: {}, checkRoutes: () => [], readExport }),
  )
  const table: RouteTable = unwrap(compileRoutes(settings.routes))
  const cache = { stats: () => ({ entries: 3, bytes: 2048 }) }
  let keySet: KeySetReport = {
    ...{ keys: 2, lastSuccessSeconds: 1_800_000_000, stale: false },
    ...{ nextFetchMs: 0, lastError: undefined },
  }
  const keys = { states: () => new Map([[issuer, keySet]]) }
  return {
    inForce: {
      ...{ settings, table, keys, cache },
      forwarder: { load: () => ({ requests: 4, waiting: 1 }) },
    },
    metrics: createMetrics({
      routes: table.routes,
      authorizers: ['partner'],
      version: '1.2.3',
      startedMs: 0,
      reportMode: () => ({ reporting: 0, unmatched: false }),
      tokenCache: cache.stats,
      keySets: keys.states,
    }),
    setKeys: (changes) => {
      keySet = { ...keySet, ...changes }
    },
  }
}

import t from 'tap'
import type { Settings } from '../../src/core/settings.ts'
import { explainRoute, type RouteReport } from '../../src/explain/route-report.ts'
import { runRequest } from '../../src/explain/run.ts'
import { loadSettings } from '../../src/config/load.ts'
import { unwrap } from '../../src/core/result.ts'
import { systemClock } from '../../src/observe/clock.ts'
import { compileRoutes } from '../../src/routing/table.ts'
import { readExport } from '../../src/openapi/read.ts'

const yaml = `
upstream: { url: 'http://127.0.0.1:9' }
basePath: /prod
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [eu-west-1_AbCdEf123] }
routes:
  - { path: '/orders/{orderId}', method: GET, authorizer: pool, authorizationScopes: [s] }
  - { path: /orders, method: POST, authorizer: pool }
  - { path: '/public/{proxy+}', method: GET, authorizationType: NONE }
  - { path: /Public/x, method: GET, authorizer: pool }
  - { path: /closed, method: GET, authorizationType: DENY }
`

t.test('which route, why, and what else was near', async (t) => {
  const file = `${t.testdir({ 'gate.yaml': yaml })}/gate.yaml`
  const settings: Settings = unwrap(
    await loadSettings({ file, env: {}, checkRoutes: () => [], readExport }),
  )
  const options = {
    settings,
    table: unwrap(compileRoutes(settings.routes)),
    clock: systemClock,
  }
  const explain = async (method: string, target: string): Promise<RouteReport | undefined> => {
    const request = { method, target, headers: ['Host', 'localhost'] }
    return explainRoute(options, await runRequest(options, request))
  }
  const none = {
    label: null,
    access: null,
    enforcement: null,
    parameters: {},
    passedOver: [],
    nearest: [],
  }

  t.match(await explain('GET', '/prod/orders/7'), {
    label: 'GET /orders/{orderId}',
    access: { kind: 'token', authorizer: 'pool', scopes: ['s'], groups: [], claims: [] },
    parameters: { orderId: '7' },
    passedOver: [
      { path: '/Public/x', methods: ['GET'], fits: 0 },
      { path: '/closed', methods: ['GET'], fits: 0 },
      { path: '/orders', methods: ['POST'], fits: 1, why: 'ends before segment 2' },
    ],
    nearest: [],
    reason: null,
  })
  const missing = await explain('PUT', '/prod/orders/7')
  t.strictSame(missing?.nearest, [
    { path: '/orders/{orderId}', methods: ['GET'] },
    { path: '/orders', methods: ['POST'] },
  ])
  t.match(missing, { label: null, access: null, reason: 'no route has this path and method' })
  t.equal(missing?.passedOver.length, 5)
  t.match(await explain('GET', '/prod/closed'), {
    access: { kind: 'denied' },
    reason: 'GET /closed is for nobody (DENY)',
  })
  t.match(await explain('GET', '/prod/public/x'), {
    label: null,
    parameters: {},
    reason: /^the path selects GET \/public\/\{proxy\+\}, but .* take it for GET \/Public\/x/,
  })
  t.strictSame(await explain('GET', '/orders/7'), {
    ...none,
    reason: 'the path is outside the base path /prod',
  })
  t.strictSame(await explain('GET', '/prod//x'), { ...none, reason: 'segment 2 is empty' })
  t.equal(await explain('get', '/prod/orders/7'), undefined)
})

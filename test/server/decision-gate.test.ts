import t from 'tap'
import { deny } from '../../src/core/denial.ts'
import type { Authorize, Decision } from '../../src/authorize.ts'
import type { RequestFacts } from '../../src/core/request.ts'
import type { Settings } from '../../src/core/settings.ts'
import { createDecisionGate } from '../../src/server/decision-gate.ts'
import { answerSettings } from '../helpers/answer-settings.ts'
import { mappedRoutes } from '../helpers/mapped-routes.ts'
import { permit as permitOf, settings as identitySettings } from '../identity/fixtures.ts'
import { permit, route } from './data-listener.ts'

const facts: RequestFacts = {
  method: 'GET',
  target: '/0/7',
  rawHeaders: ['Origin', 'https://page.example'],
  connectionOptions: undefined,
  host: 'gate',
  remoteAddress: '127.0.0.1',
  secure: false,
  httpVersion: '1.1',
  hasBody: false,
  contentLength: undefined,
}

const seen = { requestId: 'r', atMs: 0, facts, route: undefined }

const cors: Settings['cors'] = {
  allowOrigins: ['https://page.example'],
  allowMethods: [],
  allowHeaders: [],
  exposeHeaders: [],
  allowCredentials: false,
  maxAge: undefined,
}

const gateOf = (authorize: Authorize, changes: Partial<Settings> = {}) =>
  createDecisionGate({
    settings: {
      ...answerSettings,
      ...identitySettings(),
      cors: undefined,
      ...changes,
    } as unknown as Settings,
    table: {
      routes: mappedRoutes([{ 'integration.request.header.X-Id': 'context.requestId' }]),
    } as never,
    authorize,
  })

const refusedBy = (
  code: 'header_aliased' | 'route_denied',
  of = undefined as Decision['route'],
) => ({
  kind: 'refused',
  denial: deny(code),
  route: of,
})

t.test('a header that only looks like the gate’s is refused, whatever the request', async (t) => {
  const { judge } = gateOf(() => {
    throw new Error('authorized')
  })
  const rawHeaders = ['Accept', 'X_User_Sub', 'x_user_sub', 'admin']
  t.strictSame(judge({ ...facts, rawHeaders }), refusedBy('header_aliased'))
})

t.test('a value that looks like such a header is no matter', async (t) => {
  const { judge } = gateOf(() => permit)
  t.equal(judge({ ...facts, rawHeaders: ['Accept', 'X_User_Sub', 'X-User-Sub', 'me'] }), permit)
})

t.test('Connection may name what is not the gate’s, and nothing else', async (t) => {
  const { judge } = gateOf(() => permit)
  const judged = (...options: readonly string[]) =>
    judge({ ...facts, connectionOptions: new Set(options) })
  t.equal(judged('close', 'x-mine'), permit)
  for (const option of ['x-user-sub', 'x_user_sub', 'x-gate-would-deny', 'x-id']) {
    t.match(judged('close', option), { kind: 'refused', denial: { code: 'request_malformed' } })
  }
})

t.test('the pipeline decides, at once or later', async (t) => {
  const refusal = refusedBy('route_denied', route) as Decision
  for (const decision of [permit, refusal]) {
    t.equal(gateOf(() => decision).judge(facts), decision)
    t.equal(await gateOf(() => Promise.resolve(decision)).judge(facts), decision)
  }
})

t.test('a mock is not forwarded by an edge proxy either', async (t) => {
  const mocked = { ...route, mock: { statusCode: 204, headers: [] } }
  const { judge } = gateOf(() => ({ ...permit, route: mocked }))
  t.strictSame(judge(facts), refusedBy('route_denied', mocked))
})

t.test('a permit is 200 with the gate’s headers, and kept by nobody', async (t) => {
  const { permitted } = gateOf(() => permit)
  const target = { path: '/0/7' } as never
  const [first] = mappedRoutes([{}])
  const answer = permitted({ ...permitOf, route: first!, target }, seen)
  t.strictSame(answer, {
    status: 200,
    headers: [
      ...['X-User-Sub', 'alice', 'X-Id', 'r', 'X-User-Email', ''],
      ...['x-envoy-auth-headers-to-remove', 'X-User-Email,X-Gate-Would-Deny'],
      ...['Cache-Control', 'no-store'],
    ],
    body: '',
  })
})

t.test('a refusal is that of traffic, for pages too', async (t) => {
  const denial = deny('token_missing')
  const plain = gateOf(() => permit).refused(denial, seen)
  t.match(plain, { status: 401, body: '{"message":"Unauthorized"}' })
  const dressed = gateOf(() => permit, { cors }).refused(denial, seen)
  t.strictSame(dressed.headers, [
    ...plain.headers,
    ...['vary', 'Origin', 'access-control-allow-origin', 'https://page.example'],
  ])
  const early = gateOf(() => permit, { cors }).refused(denial, { ...seen, facts: undefined })
  t.notMatch(early.headers.join(), 'page.example')
})

import t from 'tap'
import { changesOf, describeChanges } from '../../src/config/changes.ts'
import { loadText } from '../../src/config/load.ts'
import { unwrap } from '../../src/core/result.ts'
import type { Settings } from '../../src/core/settings.ts'

const none = { added: [], removed: [], changed: [] }

const settings = (text: string): Settings =>
  unwrap(
    loadText(`upstream: { url: 'http://127.0.0.1:9' }\n${text}`, 'the configuration', {
      env: {},
      checkRoutes: () => [],
    }),
  )

const pool = (more = '') =>
  `{ type: COGNITO_USER_POOLS, userPoolIds: [eu-west-1_AbCdEf123], ${more} }`

const before = settings(`
authorizers: { one: ${pool()}, two: ${pool()} }
routes:
  - { path: /a, method: GET, authorizer: one }
  - { path: /b, method: [GET, PUT], authorizer: two }
`)

t.test('what is as before has not changed, in whatever order it is written', async (t) => {
  const same = settings(`
authorizers: { two: ${pool()}, one: ${pool()} }
routes:
  - { path: /b, method: PUT, authorizer: two }
  - { path: /b, method: GET, authorizer: two }
  - { path: /a, method: GET, authorizer: one }
`)
  t.strictSame(changesOf(before, same), { keys: [], routes: none, authorizers: none })
})

t.test('routes and authorizers are told by name, all else by its key', async (t) => {
  const after = settings(`
basePath: /prod
authorizers: { one: ${pool('clientIds: [app]')}, three: ${pool()} }
routes:
  - { path: /a, method: GET, authorizer: one, authorizationScopes: [x] }
  - { path: /b, method: PUT, authorizer: three }
  - { path: /c, method: GET, authorizationType: NONE }
`)
  const changes = changesOf(before, after)
  t.strictSame(changes, {
    keys: ['basePath', 'authorizers', 'routes'],
    routes: { added: ['GET /c'], removed: ['GET /b'], changed: ['GET /a', 'PUT /b'] },
    authorizers: { added: ['three'], removed: ['two'], changed: ['one'] },
  })
  t.equal(
    describeChanges(changes),
    'basePath, authorizers, routes; routes added: GET /c; routes removed: GET /b; routes changed: GET /a, PUT /b; authorizers added: three; authorizers removed: two; authorizers changed: one',
  )
})

t.test('a long list is cut for the log', async (t) => {
  const added = Array.from({ length: 12 }, (_, index) => `GET /${index}`)
  t.equal(
    describeChanges({ keys: ['routes'], routes: { ...none, added }, authorizers: none }),
    `routes; routes added: ${added.slice(0, 10).join(', ')} and 2 more`,
  )
})

t.test('what has a reload of its own does not count', async (t) => {
  const files = { cert: '/c', key: '/k', clientCa: undefined }
  const withFiles = (cert: string, value: string): Settings => ({
    ...before,
    listen: { ...before.listen, tls: { cert, key: 'k', clientCa: undefined, files } },
    denyList: { path: '/d', tokens: [{ claim: 'sub', value, issuer: undefined }] },
  })
  t.strictSame(changesOf(withFiles('one', 'a'), withFiles('two', 'b')).keys, [])
  const elsewhere: Settings = { ...before, denyList: { path: '/e', tokens: [] } }
  t.strictSame(changesOf(withFiles('one', 'a'), elsewhere).keys, ['listen', 'denyList'])
})

// An API Gateway export beside the configuration file.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadSettings, type LoadOptions } from '../../src/config/load.ts'
import { readExport } from '../../src/openapi/read.ts'

const load = (options: Partial<LoadOptions>) =>
  loadSettings({ file: undefined, env: {}, checkRoutes: () => [], readExport, ...options })

const problemsOf = async (options: Partial<LoadOptions>): Promise<readonly string[]> => {
  const loaded = await load(options)
  return loaded.ok ? [] : loaded.error.map(({ path, message }) => `${path}: ${message}`)
}

const folder = t.testdir()
let files = 0

const fileOf = (text: string): string => {
  files += 1
  const path = join(folder, `${files}.yaml`)
  writeFileSync(path, text)
  return path
}

const definition = (paths: object, scheme: object = {}) =>
  JSON.stringify({
    openapi: '3.0.1',
    info: { title: 'orders', version: '1' },
    paths,
    components: {
      securitySchemes: {
        Pool: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          'x-amazon-apigateway-authtype': 'cognito_user_pools',
          'x-amazon-apigateway-authorizer': {
            type: 'cognito_user_pools',
            providerARNs: ['arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_Ab'],
          },
          ...scheme,
        },
      },
    },
  })

const operation = (more: object = {}) => ({
  responses: {},
  security: [{ Pool: [] }],
  'x-amazon-apigateway-integration': {
    type: 'http_proxy',
    httpMethod: 'ANY',
    uri: 'http://orders.example.com/orders',
  },
  ...more,
})

t.test('an export stands under the file', async (t) => {
  const orders = {
    get: operation(),
    post: operation({ security: [{ lambda: [] }] }),
    delete: operation({ security: [{ lambda: [] }] }),
  }
  const api = fileOf(definition({ '/orders': orders }))
  const file = fileOf(`
upstream: { url: http://127.0.0.1:3000 }
openapi: ${api}
authorizers: { Pool: { clientIds: [app] } }
routes: [{ path: /orders, method: POST, authorizer: Pool }]
`)
  const loaded = await load({ file })
  t.match(loaded, {
    ok: true,
    value: {
      openapi: { file: api },
      authorizers: [{ name: 'Pool', clientIds: ['app'], identitySource: { in: 'header' } }],
      routes: [
        { origin: 'routes[0]', methods: ['POST'], access: { authorizer: 'Pool' } },
        { origin: `${api}#/paths/~1orders/get`, methods: ['GET'], access: { authorizer: 'Pool' } },
        { origin: `${api}#/paths/~1orders/delete`, methods: ['DELETE'], access: 'DENY' },
      ],
    },
  })
  t.strictSame(
    loaded.ok && [...new Set(loaded.value.openapi.notes.map(({ pointer }) => pointer))],
    ['/paths/~1orders/delete/security/0/lambda'],
    'nothing is said of what the file replaces',
  )
})

t.test('what is wrong with an export, or beside it, names its place', async (t) => {
  const upstream = 'upstream: { url: http://a }'
  const api = fileOf(definition({ '/orders': { get: operation() } }))
  const empty = fileOf(definition({}))
  const broken = fileOf('{"openapi":"3.1.0"}')
  const odd = fileOf(definition({ '/orders': { get: operation() } }, { name: 'X-Amzn-Trace-Id' }))
  const cases: readonly (readonly [string, readonly (string | RegExp)[]])[] = [
    ['openapi: nowhere.json', [/^openapi: "nowhere.json" cannot be read: there is no such file/]],
    [`openapi: ${broken}`, [/^\S+#\/openapi: /]],
    [`openapi: ${broken}\nlissten: {}`, [/^lissten: unknown key/, /^\S+#\/openapi: /]],
    [`openapi: ${empty}`, [/#\/paths: has no operation$/]],
    [`openapi: ${api}\napiType: HTTP`, [/#\/components\/securitySchemes\/Pool.*: /]],
    [
      `openapi: ${api}\nauthorizers: { Pool: { userPoolIds: [eu-west-1_Ab] } }`,
      [/^authorizers.Pool.*: .*providerARNs/],
    ],
    [
      `openapi: ${api}\nroutes: [{ path: /orders, method: POST, authorizer: Other }]`,
      [/^routes\[0\].authorizer: /],
    ],
  ]
  for (const [text, want] of cases) {
    const found = await problemsOf({ file: fileOf(`${upstream}\n${text}\n`) })
    t.match(found, want, text)
    t.equal(found.length, want.length, `${text}: nothing else`)
  }
  t.ok((await load({ file: fileOf(`${upstream}\nopenapi: ${odd}\n`) })).ok)
  t.strictSame(
    await problemsOf({
      file: fileOf(`${upstream}\nopenapi: ${api}\n`),
      env: { COGNITO_USER_POOL_IDS: 'eu-west-1_Ab' },
    }),
    [
      'COGNITO_USER_POOL_IDS: defines the authorizer "default", but the configuration has: Pool; use the one or the other',
    ],
  )
})

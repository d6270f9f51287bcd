// Broken configurations and everything that is said about each.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadSettings } from '../../src/config/load.ts'
import { readExport } from '../../src/openapi/read.ts'

const folder = t.testdir()

const pool = 'pool: { type: COGNITO_USER_POOLS, userPoolIds: [eu-west-1_Ab] }'

const brokenFiles: readonly {
  readonly name: string
  readonly text: string
  readonly env?: Readonly<Record<string, string>>
  readonly want: readonly string[]
}[] = [
  {
    name: 'nothing at all',
    text: '',
    want: [
      'upstream.url: is missing; give it here or as UPSTREAM_URL, such as http://127.0.0.1:3000',
      'authorizers: are missing, and so are routes; set COGNITO_USER_POOL_IDS, or authorizers and routes in a file',
    ],
  },
  {
    name: 'problems of every kind, in the order of the file',
    text: [
      'routes:',
      '  - { path: /a, method: GET, authorizer: pol }',
      '  - { path: /b, metod: GET, authorizer: pool }',
      'upstream: { url: http://app, conectTimeoutMs: 5 }',
      'listen: { port: "80abc", prot: 1 }',
      `authorizers: { ${pool} }`,
      'claimHeaders: { X-A: sub, X_A: sub }',
    ].join('\n'),
    want: [
      'routes[0].authorizer: no authorizer is named "pol"; the configuration has: pool',
      'routes[1].metod: unknown key; did you mean method?',
      'upstream.conectTimeoutMs: unknown key; did you mean connectTimeoutMs?',
      'listen.port: "80abc" is not a whole number; give one from 0 to 65535',
      'listen.prot: unknown key; did you mean port?',
      'claimHeaders.X_A: an upstream may read X_A as the same name as claimHeaders.X-A',
    ],
  },
  {
    name: 'a map for a list and a list for a map',
    text: `upstream: []\nauthorizers: [a]\nroutes: { a: 1 }\ntrustedProxies: {}`,
    want: [
      'upstream: a list is not a map of keys such as url',
      'authorizers: a list is not a map of names to values',
      'routes: a map is not a list',
      'trustedProxies: a map is not a list',
    ],
  },
  {
    name: 'values left out',
    text: `upstream:\nlisten: { port: }\nauthorizers: { pool: }\nroutes:`,
    want: [
      'upstream: has no value',
      'listen.port: has no value; give one, or leave the key out',
      'authorizers.pool: has no value',
      'routes: has no value; give one, or leave the key out',
    ],
  },
  {
    name: 'several authorizers and no routes',
    text: `upstream: { url: http://app }\nauthorizers: { ${pool}, b: { type: JWT, jwtConfiguration: { issuer: https://b, audience: [c] } } }`,
    want: ['routes: are missing; with several authorizers (pool, b) each route has to name one'],
  },
  {
    name: 'an authorizer of the environment beside one of the file',
    text: `upstream: { url: http://app }\nauthorizers: { default: { type: COGNITO_USER_POOLS, userPoolIds: [x] } }`,
    env: { COGNITO_USER_POOL_IDS: 'eu-west-1_Ab' },
    want: [
      'authorizers.default.userPoolIds[0]: "x" is not a user pool id such as eu-west-1_AbCdEf',
      'COGNITO_USER_POOL_IDS: defines the authorizer "default", but the configuration has: default; use the one or the other',
    ],
  },
  {
    name: 'app clients without a user pool',
    text: 'upstream: { url: http://app }',
    env: { COGNITO_CLIENT_IDS: 'a' },
    want: ['COGNITO_CLIENT_IDS: needs COGNITO_USER_POOL_IDS, which is not set'],
  },
  {
    name: 'values of the environment that only their meaning refuses',
    text: 'admin: { port: 80 }',
    env: {
      UPSTREAM_URL: 'app:3000',
      COGNITO_USER_POOL_IDS: 'eu-west-1_Ab,x',
      COGNITO_CLIENT_IDS: 'a b',
      ADMIN_PORT: '8080',
    },
    want: [
      'ADMIN_PORT: 8080 is taken by listen; give the two different ports',
      'COGNITO_CLIENT_IDS: "a b" is not the id of an app client',
      'COGNITO_USER_POOL_IDS: "x" is not a user pool id such as eu-west-1_AbCdEf',
      'UPSTREAM_URL: "app:3000" has no scheme; write http://app:3000 or https://app:3000',
    ],
  },
  {
    name: 'a value of the file that the environment overrides is still looked at',
    text: `upstream: { url: 5 }\nauthorizers: { ${pool} }`,
    env: { UPSTREAM_URL: 'http://app' },
    want: ["upstream.url: 5 is not text; write it in quotes: '5'"],
  },
  {
    name: 'reserved names, at every depth',
    text: [
      'upstream: { url: http://app, __proto__: { polluted: 1 } }',
      `authorizers: { ${pool}, constructor: { prototype: { polluted: 1 } } }`,
      'routes: [{ path: /a, method: GET, authorizer: pool, requiredClaims: { prototype: x, a: b } }]',
      '__proto__: { polluted: 1 }',
    ].join('\n'),
    want: [
      'upstream.__proto__: is a reserved name',
      'authorizers.constructor: is a reserved name',
      'authorizers.constructor.prototype: is a reserved name',
      'routes[0].requiredClaims.prototype: is a reserved name',
      '__proto__: is a reserved name',
    ],
  },
]

for (const { name, text, env = {}, want } of brokenFiles) {
  t.test(`all problems at once: ${name}`, async (t) => {
    const file = join(folder, 'gate.yaml')
    writeFileSync(file, text)
    const loaded = await loadSettings({ file, env, checkRoutes: () => [], readExport })
    const found = loaded.ok ? [] : loaded.error.map(({ path, message }) => `${path}: ${message}`)
    // Those without a place in the file come in no promised order.
    t.strictSame([...found].sort(), [...want].sort())
    const placed = (lines: readonly string[]) => lines.filter((line) => !/^[A-Z_]+:/.test(line))
    t.strictSame(placed(found), placed(want))
    t.equal(({} as Record<string, unknown>)['polluted'], undefined)
    t.strictSame(Object.keys(Object.prototype), [])
  })
}

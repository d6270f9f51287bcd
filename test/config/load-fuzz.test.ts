// Whatever a configuration file says, loading it answers with settings or with problems.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { stringify } from 'yaml'
import { loadSettings, type Problem } from '../../src/config/load.ts'
import { cognitoTable, jwtTable } from '../../src/config/schema-authorizers.ts'
import { gatewayResponseTable } from '../../src/config/schema-gateway-responses.ts'
import { routeTable } from '../../src/config/schema-routes.ts'
import { topTable } from '../../src/config/schema.ts'
import { createSeededRandom, type SeededRandom } from '../helpers/seeded-random.ts'
import { readExport } from '../../src/openapi/read.ts'

const file = join(t.testdir(), 'gate.yaml')

const load = (text: string | Uint8Array) => {
  writeFileSync(file, text)
  return loadSettings({ file, env: {}, checkRoutes: () => [], readExport })
}

t.test('no text of the JSON test suite makes the loader throw', async (t) => {
  const vectors = process.env['VECTORS_DIR']
  if (vectors === undefined) {
    t.pass('passed over: set VECTORS_DIR to a folder with json-parsing/test_parsing')
    return
  }
  const suite = join(vectors, 'json-parsing', 'test_parsing')
  for (const name of readdirSync(suite)) {
    await t.resolves(load(readFileSync(join(suite, name))), name)
  }
})

const fullFile = {
  basePath: '/prod',
  listen: { host: '127.0.0.1', port: 8080 },
  admin: { host: '127.0.0.1', port: 9090 },
  upstream: { url: 'http://127.0.0.1:3000', maxConnections: 10, headers: { 'X-Via': 'gate' } },
  authorizers: {
    pool: {
      type: 'COGNITO_USER_POOLS',
      userPoolIds: ['eu-west-1_Ab', 'eu-west-1_Cd'],
      clientIds: ['a'],
      claimHeaders: { 'X-Pool': 'sub' },
    },
    partner: {
      type: 'JWT',
      jwtConfiguration: { issuer: 'https://idp/', audience: ['orders'] },
      algorithms: ['RS256', 'ES256'],
      groupsClaim: 'groups',
    },
  },
  routes: [
    { path: '/health', method: 'GET', authorizationType: 'NONE' },
    {
      path: '/a/{b}',
      method: ['GET', 'HEAD'],
      authorizer: 'partner',
      authorizationScopes: ['x'],
      authorizationGroups: ['y'],
      requiredClaims: { 'custom:tenant': ['acme'] },
    },
  ],
  gatewayResponses: {
    UNAUTHORIZED: {
      statusCode: '404',
      responseParameters: { 'gatewayresponse.header.X-A': 'context.requestId' },
      responseTemplates: { 'application/json': '{"a":$context.error.messageString}' },
    },
  },
  claimHeaders: { 'X-A': 'sub', 'X-B': ['email', 'iss'] },
  trustedProxies: ['10.0.0.0/8'],
  jwks: { refreshSeconds: 60 },
  log: { level: 'info' },
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const oddValues: readonly Json[] = [
  null,
  true,
  -1,
  0.5,
  1e21,
  '',
  'x',
  '80abc',
  'a\r\nb',
  '\u0000',
  [],
  {},
  [[]],
  ['x', 'x'],
  { a: { b: 1 } },
  { toString: 'x' },
  '*',
  '{',
  'https://a/{b}',
  '::/0',
]
const oddKeys = [
  'zz',
  'toString',
  'a.b',
  '',
  '<<',
  'constructor',
  '__proto__',
  'Host',
  'url',
  'x y',
]

/** Changes one place of a tree: drops, replaces, adds or renames. */
const mutate = (tree: Json, random: SeededRandom): Json => {
  if (typeof tree !== 'object' || tree === null || random.below(6) === 0) {
    return random.pick(oddValues)
  }
  if (Array.isArray(tree)) {
    const at = random.below(tree.length + 1)
    if (at === tree.length) return [...tree, random.pick(oddValues)]
    return random.below(5) === 0
      ? tree.toSpliced(at, 1)
      : tree.with(at, mutate(tree[at] ?? null, random))
  }
  const entries = Object.entries(tree)
  const at = random.below(entries.length + 1)
  const [key, value] = entries[at] ?? [random.pick(oddKeys), random.pick(oddValues)]
  const change = random.below(6)
  if (change === 0) entries.splice(at, 1)
  else if (change === 1) entries.splice(at, 1, [random.pick(oddKeys), value])
  else entries.splice(at, 1, [key, mutate(value, random)])
  return Object.fromEntries(entries)
}

/** Every word that a path could be made of: those of the schema, of the input, of the variables. */
const wordsOf = (tree: unknown, words = new Set<string>()): ReadonlySet<string> => {
  if (typeof tree !== 'object' || tree === null) return words
  for (const [key, value] of Object.entries(tree)) {
    words.add(key)
    wordsOf(value, words)
  }
  return words
}

const schemaWords = wordsOf([topTable, cognitoTable, jwtTable, routeTable, gatewayResponseTable])

const partsOf = (path: string): readonly string[] =>
  [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, plain]) =>
      quoted === undefined ? (index ?? plain ?? '') : (JSON.parse(`"${quoted}"`) as string),
  )

t.test(
  'a mutated file never throws: it loads, or its problems name places that exist',
  async (t) => {
    const random = createSeededRandom()
    t.comment(`FUZZ_SEED=${random.seed}`)
    let refused = 0
    for (let round = 0; round < 1500; round += 1) {
      let tree: Json = structuredClone(fullFile)
      for (let change = 0; change <= random.below(4); change += 1) tree = mutate(tree, random)
      // JSON keeps keys such as __proto__ that an object literal would lose.
      const text = random.below(2) === 0 ? JSON.stringify(tree) : stringify(tree)
      const loaded = await load(text)
      const problems: readonly Problem[] = loaded.ok ? [] : loaded.error
      refused += problems.length > 0 ? 1 : 0
      const inputWords = wordsOf(tree)
      const lost = problems.filter(
        ({ path, message }) =>
          /[\n\r]/.test(path + message) ||
          (path !== file &&
            !partsOf(path).every((part) => schemaWords.has(part) || inputWords.has(part))),
      )
      if (lost.length > 0 || (!loaded.ok && problems.length === 0)) {
        t.fail(`seed ${random.seed}, round ${round}`, { text, lost })
        break
      }
    }
    t.ok(refused > 500, 'most mutations are found')
    t.strictSame(Object.keys(Object.prototype), [])
  },
)

t.test('bytes of any kind never throw', async (t) => {
  const random = createSeededRandom()
  t.comment(`FUZZ_SEED=${random.seed}`)
  const valid = Buffer.from(stringify(fullFile))
  for (let round = 0; round < 300; round += 1) {
    const bytes = Buffer.from(valid)
    for (let change = 0; change <= random.below(8); change += 1) {
      bytes[random.below(bytes.length)] =
        random.below(4) === 0
          ? random.below(256)
          : random.pick([...Buffer.from('\n\t :-[]{}&*!|>%@`\'"#,?')])
    }
    await t.resolves(load(bytes), `seed ${random.seed}, round ${round}`)
  }
})

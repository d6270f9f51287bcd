import t from 'tap'
import { checkLeaf } from '../../src/config/leaf-check.ts'
import { isLeaf, type Leaf, type Table } from '../../src/config/leaf.ts'
import { authorizerType, cognitoTable, jwtTable } from '../../src/config/schema-authorizers.ts'
import { gatewayResponseTable } from '../../src/config/schema-gateway-responses.ts'
import { routeTable } from '../../src/config/schema-routes.ts'
import { upstreamTable } from '../../src/config/schema-upstream.ts'
import { topTable } from '../../src/config/schema.ts'
import { problemsOf } from '../helpers/problems-of.ts'

const leavesOf = (table: Table, at: string): readonly (readonly [string, Leaf])[] =>
  Object.entries(table).flatMap(([key, node]) =>
    isLeaf(node) ? [[`${at}${key}`, node] as const] : leavesOf(node, `${at}${key}.`),
  )

const leaves = [
  ...leavesOf(topTable, ''),
  ...leavesOf(cognitoTable, 'cognito.'),
  ...leavesOf(jwtTable, 'jwt.'),
  ...leavesOf(routeTable, 'route.'),
  ...leavesOf(gatewayResponseTable, 'gatewayResponse.'),
]

t.test('every default fits its own key', async (t) => {
  for (const [path, leaf] of leaves) {
    if (leaf.default === null) continue
    t.strictSame(
      problemsOf((report) => checkLeaf(leaf, leaf.default, path, report)),
      [],
    )
  }
})

t.test(
  'every key has its documentation: plain sentences, with the unit that its name has',
  async (t) => {
    for (const [path, { doc }] of leaves) {
      t.match(doc, /^[\x20-\x7e]+\.$/, path)
      t.notMatch(doc, /[`|]/, path)
      if (path.endsWith('Ms')) t.match(doc, /^Milliseconds /, path)
      if (path.endsWith('Seconds')) t.match(doc, /^Seconds /, path)
      if (path.endsWith('Bytes')) t.match(doc, /^Bytes /, path)
    }
  },
)

t.test('a variable sets one key', async (t) => {
  const variables = leaves.flatMap(([, { env }]) => (env === undefined ? [] : [env]))
  t.strictSame(variables.sort(), [
    'ADMIN_PORT',
    'COGNITO_CLIENT_IDS',
    'COGNITO_TOKEN_USE',
    'COGNITO_USER_POOL_IDS',
    'LISTEN_PORT',
    'LOG_LEVEL',
    'UPSTREAM_URL',
  ])
})

t.test('the tables share what they have in common', async (t) => {
  t.equal(topTable.upstream, upstreamTable)
  t.equal(cognitoTable.type, authorizerType)
  t.equal(jwtTable.type, authorizerType)
})

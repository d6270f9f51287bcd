import { format } from 'prettier'
import t from 'tap'
import { parse } from 'yaml'
import { isLeaf, type Table } from '../../src/config/leaf.ts'
import { configurationTable, referenceYaml } from '../../src/config/reference.ts'
import { cognitoTable, jwtTable } from '../../src/config/schema-authorizers.ts'
import { deniedTokenTable } from '../../src/config/schema-deny-list.ts'
import { gatewayResponseTable } from '../../src/config/schema-gateway-responses.ts'
import { routeTable } from '../../src/config/schema-routes.ts'
import { topTable } from '../../src/config/schema.ts'
import { withDefaults } from '../../src/config/values.ts'

const pathsOf = (table: Table, at: string): readonly string[] =>
  Object.entries(table).flatMap(([key, node]) =>
    isLeaf(node) ? [`${at}${key}`] : pathsOf(node, `${at}${key}.`),
  )

t.test('the table has a row for every key', async (t) => {
  const table = configurationTable()
  const rows = table.split('\n').filter((line) => line.startsWith('| `'))
  t.strictSame(
    rows.map((row) => /^\| `([^`]+)`/.exec(row)?.[1]),
    [
      ...pathsOf(topTable, ''),
      ...pathsOf(cognitoTable, 'authorizers.NAME.'),
      ...pathsOf(jwtTable, 'authorizers.NAME.'),
      ...pathsOf(routeTable, 'routes[].'),
      ...pathsOf(deniedTokenTable, '[].'),
      ...pathsOf(gatewayResponseTable, 'gatewayResponses.TYPE.'),
    ],
  )
  t.match(table, /\| `listen.port` +\| `8080` +\| `LISTEN_PORT` +\| Port .* From 0 to 65535\. +\|/)
  t.match(table, /\| `authorizers.NAME.type` +\| required +\| +\|/)
  t.match(table, /\| `claimHeaders` +\| see `config\/reference.yaml` +\|/)
  t.match(table, /\| `upstream.url` +\| none +\| `UPSTREAM_URL` +\|/)
})

t.test('the table is as Prettier would write it', async (t) => {
  const table = configurationTable()
  t.equal(await format(table, { parser: 'markdown' }), `${table}\n`)
})

t.test('the reference file says the defaults and nothing else', async (t) => {
  const given = parse(referenceYaml()) as Readonly<Record<string, unknown>>
  t.strictSame(withDefaults(topTable, given, {}), withDefaults(topTable, {}, {}))
  const written = Object.keys(given)
  t.strictSame(
    Object.keys(topTable).filter((key) => !written.includes(key)),
    ['authorizers', 'routes', 'gatewayResponses'],
  )
})

t.test('its commented keys are those of the entries', async (t) => {
  const lines = referenceYaml()
    .split('\n')
    .filter((line) => /^#(?! \S)/.test(line))
    .map((line) => line.slice(1).replace(/^( +)#(?! )/, '$1'))
  const parsed = parse(lines.join('\n')) as {
    authorizers: Record<string, Record<string, unknown>>
    routes: Record<string, unknown>[]
    gatewayResponses: { TYPE: Record<string, unknown> }
  }
  t.strictSame(Object.keys(parsed.authorizers), ['NAME_OF_COGNITO_USER_POOLS', 'NAME_OF_JWT'])
  t.strictSame(
    Object.values(parsed.authorizers).map((entry) => Object.keys(entry)),
    [Object.keys(cognitoTable), Object.keys(jwtTable)],
  )
  t.strictSame(
    parsed.routes.map((entry) => Object.keys(entry)),
    [Object.keys(routeTable)],
  )
  t.strictSame(Object.keys(parsed.gatewayResponses.TYPE), Object.keys(gatewayResponseTable))
})

t.test('no line is longer than 100 characters', async (t) => {
  t.strictSame(
    referenceYaml()
      .split('\n')
      .filter((line) => line.length > 101),
    [],
  )
})

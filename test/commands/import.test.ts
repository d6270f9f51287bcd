import { join } from 'node:path'
import t, { type Test } from 'tap'
import { importExport, importUsage } from '../../src/commands/import.ts'
import { createShell } from '../helpers/shell.ts'

const integration = {
  type: 'http_proxy',
  httpMethod: 'GET',
  uri: 'http://orders.example.com/orders',
}

const definition = (operation: object, more: object = {}) => ({
  openapi: '3.0.1',
  info: { title: 'orders', version: '1' },
  servers: [
    {
      url: 'https://a.execute-api.eu-west-1.amazonaws.com/{basePath}',
      variables: { basePath: { default: 'prod' } },
    },
  ],
  paths: {
    '/orders': {
      get: { responses: {}, 'x-amazon-apigateway-integration': integration, ...operation },
    },
  },
  ...more,
})

const run = async (t: Test, document: unknown, ...args: string[]) => {
  const folder = t.testdir({ 'api.json': JSON.stringify(document) })
  const { shell, state } = createShell()
  const exit = await importExport([join(folder, 'api.json'), ...args], shell)
  return { exit, ...state, stderr: state.stderr.replaceAll(folder, '') }
}

t.test('an export becomes a configuration, and what is left behind is said', async (t) => {
  const { exit, stdout, stderr } = await run(t, definition({ security: [{ lambda: [] }] }))
  t.equal(exit, 0)
  t.match(stdout, '# basePath: /prod\n')
  t.match(stdout, 'upstream:\n  url: http://orders.example.com\n')
  t.match(stdout, '  - path: /orders\n    method: GET\n    authorizationType: DENY\n')
  t.match(stderr, /^denied {2}\/api\.json#\/paths\/~1orders\/get\/security\/0\/lambda {2}/)
})

t.test('the API type is asked for where the export does not tell', async (t) => {
  t.match((await run(t, definition({}))).stdout, '\napiType: REST\n')
  t.match((await run(t, definition({}), '--api', 'HTTP')).stdout, '\napiType: HTTP\n')
})

t.test('an export that cannot be used, or gives what cannot, ends with 78', async (t) => {
  const broken = await run(t, { openapi: '3.1.0' })
  t.match(broken, {
    exit: 78,
    stdout: '',
    stderr: /the export has a problem:\n {2}\/api\.json#/,
  })
  const odd = await run(
    t,
    definition(
      {},
      {
        'x-amazon-apigateway-gateway-responses': {
          UNAUTHORIZED: { responseTemplates: { 'application/json': '$context.nothing' } },
        },
      },
    ),
  )
  t.match(odd, { exit: 78, stdout: /UNAUTHORIZED/, stderr: /gatewayResponses\.UNAUTHORIZED/ })
  const { shell, state } = createShell()
  t.equal(await importExport(['/nowhere/api.json'], shell), 78)
  t.match(state.stderr, 'there is no such file')
})

t.test('wrong words and --help', async (t) => {
  for (const [args, want] of [
    [[], 'EXPORT is missing'],
    [['a', 'b'], 'takes one EXPORT'],
    [['a', '--api', 'SOAP'], '--api is REST or HTTP'],
    [['a', '--apy', 'REST'], '--apy'],
  ] as const) {
    const { shell, state } = createShell()
    t.equal(await importExport(args, shell), 64)
    t.match(state.stderr, want)
    t.equal(state.stdout, '')
  }
  const { shell, state } = createShell()
  t.equal(await importExport(['--help'], shell), 0)
  t.equal(state.stdout, importUsage)
})

t.test('a big export says that it takes its time', async (t) => {
  const big = definition({ description: 'x'.repeat(600_000) })
  t.match((await run(t, big)).stderr, /^reading \/api\.json; a big export takes some seconds …\n/)
})

import t from 'tap'
import { mappingsOf } from '../../src/openapi/mappings.ts'

const none = { headers: {}, pathNames: new Map(), isPathKept: false }

t.test('no mappings change nothing', async (t) => {
  for (const given of [undefined, null, {}]) {
    t.strictSame(mappingsOf(given, '/p', 'REST'), { ok: true, value: none })
  }
  t.strictSame(mappingsOf('text', '/p', 'REST'), {
    ok: false,
    error: { pointer: '/p', message: '"text" is no map of mappings' },
  })
})

t.test(
  'headers of REST APIs are carried over, and the path and query of the request kept',
  async (t) => {
    const headers = {
      'integration.request.header.X-User-Sub': 'context.authorizer.claims.sub',
      'integration.request.header.X-Env': "'prod'",
    }
    const given = {
      ...headers,
      'integration.request.path.id': 'method.request.path.orderId',
      'integration.request.querystring.page': 'method.request.querystring.page',
      'integration.request.multivaluequerystring.tag': 'method.request.multivaluequerystring.tag',
    }
    t.strictSame(mappingsOf(given, '/p', 'REST'), {
      ok: true,
      value: { headers, pathNames: new Map([['id', 'orderId']]), isPathKept: false },
    })
  },
)

t.test('headers of HTTP APIs are carried over', async (t) => {
  const headers = {
    'append:header.X-User-Sub': '$context.authorizer.claims.sub',
    'overwrite:header.X-Env': 'prod',
    'remove:header.X-Debug': '',
  }
  const given = {
    ...headers,
    'remove:header.X-Debug': "''",
    'overwrite:path': '$request.path',
    'overwrite:querystring.page': '$request.querystring.page',
  }
  t.strictSame(mappingsOf(given, '/p', 'HTTP'), {
    ok: true,
    value: { headers, pathNames: new Map(), isPathKept: true },
  })
})

t.test(
  'what would change path, query or body is refused, and what is not understood',
  async (t) => {
    const cases = [
      ['REST', 'integration.request.path.id', "'7'"],
      ['REST', 'integration.request.path.id', 'method.request.header.id'],
      ['REST', 'integration.request.querystring.page', "'1'"],
      ['REST', 'integration.request.querystring.page', 'method.request.querystring.other'],
      ['REST', 'integration.request.querystring.user', 'context.authorizer.claims.sub'],
      ['REST', 'integration.request.header.X', 'method.request.body.x'],
      ['REST', 'integration.request.body.X', "'x'"],
      ['REST', 'integration.request.cookie.page', 'method.request.querystring.page'],
      ['REST', 'overwrite:header.X', 'x'],
      ['HTTP', 'overwrite:path', '/v2/$request.path.id'],
      ['HTTP', 'append:querystring.page', '$request.querystring.page'],
      ['HTTP', 'overwrite:querystring.page', '1'],
      ['HTTP', 'remove:querystring.page', ''],
      ['HTTP', 'overwrite:statuscode', '200'],
      ['HTTP', 'append:header.X', '$request.body.x'],
      ['HTTP', 'integration.request.header.X', "'x'"],
      ['HTTP', 'StateMachineArn', 'arn:aws:states:eu-west-1:111122223333:stateMachine:x'],
    ] as const
    for (const [apiType, key, value] of cases) {
      t.strictSame(mappingsOf({ [key]: value }, '/p', apiType), {
        ok: false,
        error: {
          pointer: `/p/${key.replaceAll('/', '~1')}`,
          message: `maps ${JSON.stringify(key)} to ${JSON.stringify(value)}, which the gate cannot do`,
        },
      })
    }
    t.match(mappingsOf({ 'integration.request.header.X': 5 }, '/p', 'REST'), { ok: false })
  },
)

import t from 'tap'
import { httpDestination, lambdaDestination } from '../../src/openapi/destination.ts'
import { lambdaUri } from '../helpers/gateway-exports.ts'

const kept = { headers: {}, pathNames: new Map<string, string>(), isPathKept: false }
const place = (integration: Record<string, unknown>, basePath = '') => ({
  integration,
  pointer: '/i',
  operation: { path: '/orders', method: 'GET', node: {}, pointer: '/op', itemAuth: undefined },
  basePath,
})
const good = { httpMethod: 'GET', uri: 'https://a.example.com/v1/orders' }
const alb = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/a/b/c'

t.test('an http integration goes to a host, under a prefix', async (t) => {
  const internet = { kind: 'url', host: 'https://a.example.com', route: 'INTERNET', prefix: '/v1' }
  t.strictSame(httpDestination(place(good), kept), { ok: true, value: internet })
  t.strictSame(
    httpDestination(place({ ...good, httpMethod: 'ANY', connectionType: 'INTERNET' }), kept),
    { ok: true, value: internet },
  )
  const link = { connectionType: 'VPC_LINK', connectionId: 'abc' }
  t.strictSame(httpDestination(place({ ...good, ...link }), kept), {
    ok: true,
    value: { ...internet, route: 'VPC_LINK "abc" undefined' },
  })
})

t.test('a load balancer gets the path with the stage in front, unless it is mapped', async (t) => {
  const integration = {
    httpMethod: 'ANY',
    uri: alb,
    connectionType: 'VPC_LINK',
    connectionId: 'abc',
  }
  const value = {
    kind: 'load balancer',
    host: alb,
    route: 'VPC_LINK "abc" undefined',
    prefix: '/prod',
  }
  t.strictSame(httpDestination(place(integration, '/prod'), kept), { ok: true, value })
  t.strictSame(httpDestination(place(integration, '/prod'), { ...kept, isPathKept: true }), {
    ok: true,
    value: { ...value, prefix: '' },
  })
})

t.test('overwrite:path may put the path of the request on a bare host', async (t) => {
  const mapped = { ...kept, isPathKept: true }
  for (const uri of [
    'https://a.example.com',
    'https://a.example.com/',
    'https://a.example.com/orders',
  ]) {
    t.match(httpDestination(place({ httpMethod: 'GET', uri }), mapped), {
      ok: true,
      value: { prefix: '' },
    })
  }
  t.match(httpDestination(place(good), mapped), { ok: false })
})

t.test('whatever changes method or path, or is unclear, is refused', async (t) => {
  const cases = [
    [{ httpMethod: 'POST' }, '/i/httpMethod', 'sends GET as "POST"; the gate keeps the method'],
    [
      { httpMethod: undefined },
      '/i/httpMethod',
      'sends GET as undefined; the gate keeps the method',
    ],
    [{ uri: undefined }, '/i/uri', 'has no uri'],
    [{ connectionType: 'PIGEON' }, '/i/connectionType', 'is not known here'],
    [
      { uri: 'https://a/orders?x=1' },
      '/i/uri',
      '"https://a/orders?x=1" is not a plain http or https address',
    ],
    [
      { uri: 'https://a/other' },
      '/i/uri',
      'rewrites the path "/orders" to "https://a/other"; the gate keeps the path',
    ],
  ] as const
  for (const [change, pointer, message] of cases) {
    t.strictSame(httpDestination(place({ ...good, ...change }), kept), {
      ok: false,
      error: { pointer, message },
    })
  }
})

t.test('Lambda functions are one destination', async (t) => {
  const value = { kind: 'lambda', host: 'Lambda functions', route: '', prefix: '' }
  for (const uri of [
    lambdaUri,
    'arn:aws:lambda:eu-west-1:111122223333:function:orders',
    'arn:aws-cn:apigateway:cn-north-1:lambda:path/2015-03-31/functions/arn:aws:lambda:cn-north-1:1:function:${stageVariables.f}/invocations',
  ]) {
    t.strictSame(lambdaDestination(place({ uri })), { ok: true, value })
  }
})

t.test('other services of AWS are none', async (t) => {
  const s3 = 'arn:aws:apigateway:eu-west-1:s3:path/bucket/{key}'
  const cases = [
    [{ uri: s3 }, '/i/uri', `"${s3}" is no Lambda function`],
    [{ uri: undefined }, '/i/uri', 'undefined is no Lambda function'],
    [
      { integrationSubtype: 'SQS-SendMessage' },
      '/i/integrationSubtype',
      'calls an AWS service itself ("SQS-SendMessage")',
    ],
  ] as const
  for (const [integration, pointer, message] of cases) {
    t.strictSame(lambdaDestination(place(integration)), { ok: false, error: { pointer, message } })
  }
})

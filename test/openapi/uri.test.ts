import t from 'tap'
import { holdsStageVariable, parseUri, prefixOf } from '../../src/openapi/uri.ts'

t.test('an address is a scheme, a host and a path', async (t) => {
  const cases = [
    ['https://a.example.com', 'https://a.example.com', ''],
    ['http://A.example.com:80/b/{c}', 'http://a.example.com', '/b/{c}'],
    ['https://a:8443/', 'https://a:8443', '/'],
    ['http://[::1]:3000/a', 'http://[::1]:3000', '/a'],
    ['https://${stageVariables.host}/a', 'https://${stageVariables.host}', '/a'],
    ['http://api.${stageVariables.zone}:81', 'http://api.${stageVariables.zone}:81', ''],
  ] as const
  for (const [uri, origin, path] of cases) t.strictSame(parseUri(uri), { origin, path })
})

t.test('what has more to it is none', async (t) => {
  const cases = [
    '',
    'ftp://a/b',
    '//a/b',
    'https:///b',
    'https://user:secret@a/b',
    'https://a/b?c=d',
    'https://a/b#c',
    'https://a/b c',
    'https://a\\b',
    'https://{host}/b',
    'https://a:99999/b',
    'https://${stageVariables.host',
    '${stageVariables.url}/a',
  ]
  for (const uri of cases) t.equal(parseUri(uri), undefined, uri)
  t.ok(holdsStageVariable('https://${stageVariables.host}'))
  t.notOk(holdsStageVariable('https://host'))
})

const prefix = (path: string, template: string, names: Readonly<Record<string, string>> = {}) =>
  prefixOf(path, template, new Map(Object.entries(names)))

t.test('the path is kept behind a prefix', async (t) => {
  t.equal(prefix('', '/'), '')
  t.equal(prefix('/', '/'), '')
  t.equal(prefix('/v1/', '/'), '/v1')
  t.equal(prefix('/orders', '/orders'), '')
  t.equal(prefix('/v1/orders/', '/orders/'), '/v1')
  t.equal(prefix('/a/b/orders/{id}', '/orders/{id}'), '/a/b')
  t.equal(prefix('/orders/{x}', '/orders/{id}', { x: 'id' }), '')
  t.equal(prefix('/{b}/{a}', '/{a}/{b}', { a: 'b', b: 'a' }), '')
  t.equal(prefix('/files/{proxy}', '/files/{proxy+}'), '')
  t.equal(prefix('/${stageVariables.v}/files/{proxy}', '/files/{proxy+}'), '/${stageVariables.v}')
  t.equal(prefix('/', '$default'), '')
  t.equal(prefix('', '$default'), '')
  t.equal(prefix('/v1/', '$default'), '/v1')
})

t.test('or it is rewritten', async (t) => {
  const cases = [
    ['/', '/orders', {}],
    ['/v1', '/', {}],
    ['/b', '/a/b', {}],
    ['/Orders', '/orders', {}],
    ['/orders/', '/orders', {}],
    ['/orders/all', '/orders/{id}', {}],
    ['/orders/{x}', '/orders/{id}', {}],
    ['/orders/{x}', '/orders/{id}', { x: 'other' }],
    ['/{b}/{a}', '/{a}/{b}', {}],
    ['/orders/{id}.json', '/orders/{id}', {}],
    ['/orders/{id}', '/orders/all', {}],
    ['/{tenant}/orders', '/orders', {}],
    ['//orders', '/orders', {}],
    ['/../orders', '/orders', {}],
    ['/./orders', '/orders', {}],
    ['/{proxy}', '$default', {}],
  ] as const
  for (const [path, template, names] of cases)
    t.equal(prefix(path, template, names), undefined, path)
})

import t from 'tap'
import { createCors } from '../../src/answers/cors.ts'
import type { CorsSettings } from '../../src/core/settings.ts'

const app = 'https://app.example.com'

const cors = (changes: Partial<CorsSettings> = {}) =>
  createCors({
    allowOrigins: [app],
    allowMethods: ['GET', 'POST'],
    allowHeaders: ['Authorization', 'X-A'],
    exposeHeaders: ['Date', 'X-B'],
    allowCredentials: false,
    maxAge: 300,
    ...changes,
  })

const asking = (origin: string, ...more: string[]) => ({
  method: 'OPTIONS',
  rawHeaders: ['Origin', origin, 'Access-Control-Request-Method', 'PUT', ...more],
})

t.test('a preflight is told what the settings allow', async (t) => {
  t.strictSame(cors().preflight(asking(app)), [
    ...['vary', 'Origin'],
    ...['access-control-allow-origin', app],
    ...['access-control-allow-methods', 'GET,POST'],
    ...['access-control-allow-headers', 'Authorization,X-A'],
    ...['access-control-max-age', '300'],
  ])
  t.strictSame(
    cors({
      allowMethods: [],
      allowHeaders: [],
      maxAge: undefined,
      allowCredentials: true,
    }).preflight(asking(app)),
    [
      ...['vary', 'Origin'],
      ...['access-control-allow-origin', app],
      ...['access-control-allow-credentials', 'true'],
    ],
  )
  t.strictSame(cors({ maxAge: -1 }).preflight(asking(app))?.slice(-2), [
    ...['access-control-max-age', '-1'],
  ])
})

t.test('a star allows what is asked for, as far as that can be said', async (t) => {
  const any = cors({ allowMethods: ['*'], allowHeaders: ['*'], maxAge: undefined })
  const told = (...more: string[]) => any.preflight(asking(app, ...more))?.slice(4)
  t.strictSame(told(), ['access-control-allow-methods', 'PUT'])
  t.strictSame(told('access-control-request-headers', 'authorization, x-a,,"b c",x-b'), [
    ...['access-control-allow-methods', 'PUT'],
    ...['access-control-allow-headers', 'authorization,x-a,x-b'],
  ])
})

t.test('what is no preflight is nobody’s but the routes’', async (t) => {
  const cases = [
    { name: 'another method', given: { ...asking(app), method: 'GET' } },
    { name: 'lower case', given: { ...asking(app), method: 'options' } },
    {
      name: 'no Origin',
      given: { method: 'OPTIONS', rawHeaders: asking(app).rawHeaders.slice(2) },
    },
    {
      name: 'no method asked for',
      given: { method: 'OPTIONS', rawHeaders: asking(app).rawHeaders.slice(0, 2) },
    },
    { name: 'nothing', given: { method: 'OPTIONS', rawHeaders: [] } },
  ]
  for (const { name, given } of cases) t.equal(cors().preflight(given), undefined, name)
})

t.test('origins are those of the settings, to the letter', async (t) => {
  const cases = [
    { origins: [app], given: app, want: app },
    { origins: ['*'], given: app, want: '*' },
    { origins: [app, '*'], given: app, want: '*' },
    { origins: ['*'], given: 'null', want: '*' },
    { origins: ['https://*'], given: 'https://any.example:8443', want: 'https://any.example:8443' },
    { origins: ['https://*'], given: 'https://[::1]:8443', want: 'https://[::1]:8443' },
    { origins: ['http://*'], given: 'http://localhost:3000', want: 'http://localhost:3000' },
    { origins: ['https://*'], given: 'http://any.example', want: undefined },
    { origins: ['http://*'], given: app, want: undefined },
    { origins: ['https://*'], given: 'https://*', want: 'https://*' },
    { origins: ['https://*'], given: 'https://a/b', want: undefined },
    { origins: ['https://*'], given: 'https://a b', want: undefined },
    { origins: ['https://*'], given: 'https://', want: undefined },
    { origins: [app], given: 'https://app.example.com.evil.example', want: undefined },
    { origins: [app], given: 'https://APP.example.com', want: undefined },
    { origins: [app], given: `${app}:443`, want: undefined },
    { origins: [app], given: 'null', want: undefined },
    { origins: [app], given: '', want: undefined },
    {
      origins: ['capacitor://localhost'],
      given: 'capacitor://localhost',
      want: 'capacitor://localhost',
    },
  ]
  for (const { origins, given, want } of cases) {
    const name = `${given} of ${origins.join()}`
    const { preflight, dress } = cors({ allowOrigins: origins })
    const told = preflight(asking(given)) ?? []
    const answered = dress([], ['Origin', given])
    if (want === undefined) {
      t.strictSame(told, ['vary', 'Origin'], name)
      t.strictSame(answered, ['vary', 'Origin'], name)
    } else {
      t.strictSame(told.slice(0, 4), ['vary', 'Origin', 'access-control-allow-origin', want], name)
      t.strictSame(answered, [
        ...['vary', 'Origin'],
        ...['access-control-allow-origin', want],
        ...['access-control-expose-headers', 'Date,X-B'],
      ])
    }
  }
})

t.test('of two origins none is allowed', async (t) => {
  const { preflight, dress } = cors({ allowOrigins: ['*'] })
  const twice = ['origin', app, 'Origin', app]
  t.strictSame(preflight(asking(app, 'origin', app)), ['vary', 'Origin'])
  t.strictSame(dress([], twice), ['vary', 'Origin'])
})

t.test('an answer’s own CORS is replaced, the rest stays as it is', async (t) => {
  const lines = [
    ...['Access-Control-Allow-Origin', '*'],
    ...['SET-cookie', 'a=access-control-allow-origin'],
    ...['access-control-expose-headers', 'X-Secret'],
    ...['ACCESS-CONTROL-ALLOW-CREDENTIALS', 'true'],
    ...['access-control-allow-private-network', 'true'],
    ...['Set-Cookie', 'b=2'],
  ]
  const kept = [
    'SET-cookie',
    'a=access-control-allow-origin',
    'Set-Cookie',
    'b=2',
    'vary',
    'Origin',
  ]
  t.strictSame(cors().dress(lines, []), kept)
  t.strictSame(cors({ exposeHeaders: [], allowCredentials: true }).dress(lines, ['Origin', app]), [
    ...kept,
    ...['access-control-allow-origin', app],
    ...['access-control-allow-credentials', 'true'],
  ])
})

t.test('what varies already is not said again', async (t) => {
  const cases = [
    { given: ['Vary', 'Accept-Encoding, origin'], added: [] },
    { given: ['vary', 'Accept', 'VARY', 'Origin'], added: [] },
    { given: ['Vary', '*'], added: [] },
    { given: ['Vary', 'Accept-Encoding'], added: ['vary', 'Origin'] },
    { given: ['X-Vary', 'Origin', 'Vary', 'X-Origin'], added: ['vary', 'Origin'] },
  ]
  for (const { given, added } of cases) {
    t.strictSame(cors().dress(given, []), [...given, ...added], given.join())
  }
})

import t from 'tap'
import { corsSettings, corsWarnings } from '../../src/config/cors.ts'
import { createProblems } from '../../src/config/problem.ts'
import { corsTable } from '../../src/config/schema-cors.ts'
import { withDefaults } from '../../src/config/values.ts'

const read = (given: Readonly<Record<string, unknown>>, apiType: 'REST' | 'HTTP' = 'HTTP') => {
  const problems = createProblems()
  const values = withDefaults(corsTable, given, {})
  const settings = corsSettings(values, apiType, problems.report)
  return { settings, problems: problems.all().map(({ path, message }) => `${path}: ${message}`) }
}

const origin = 'https://app.example.com'

t.test('what is given becomes what is run', async (t) => {
  t.strictSame(read({}), { settings: undefined, problems: [] })
  t.strictSame(read({}, 'REST'), { settings: undefined, problems: [] })
  t.strictSame(read({ allowOrigins: ['*'] }), {
    settings: {
      allowOrigins: ['*'],
      allowMethods: [],
      allowHeaders: [],
      exposeHeaders: [],
      allowCredentials: false,
      maxAge: undefined,
    },
    problems: [],
  })
  const full = {
    allowOrigins: [origin, 'https://*', 'http://*', 'http://[::1]:3000', 'capacitor://localhost'],
    allowMethods: ['GET', 'M-SEARCH', '*'],
    allowHeaders: ['Authorization', 'x_a', '*'],
    exposeHeaders: ['Date', '*'],
    allowCredentials: true,
    maxAge: -1,
  }
  t.strictSame(read(full), { settings: full, problems: [] })
})

t.test('an origin must be written as browsers send it', async (t) => {
  const form = (text: string) => `${JSON.stringify(text)} is not an origin such as ${origin}`
  const cases = [
    [`${origin}/`, `; browsers send it as ${origin}`],
    [`${origin}/path?a`, `; browsers send it as ${origin}`],
    ['HTTPS://App.Example.com', `; browsers send it as ${origin}`],
    [`${origin}:443`, `; browsers send it as ${origin}`],
    ['http://app:80', '; browsers send it as http://app'],
    ['https://zürich.example', '; browsers send it as https://xn--zrich-kva.example'],
    ['https://a:b@app.example.com', `; browsers send it as ${origin}`],
    ['https://*.example.com', '; * stands alone, or for all of a scheme in https://*'],
    ['app.example.com', ''],
    ['null', ''],
    ['https://', ''],
    ['https:///a', ''],
    ['capacitor://localhost/', ''],
    ['https://a b', ''],
  ] as const
  for (const [text, hint] of cases) {
    t.strictSame(read({ allowOrigins: [text] }).problems, [
      `cors.allowOrigins[0]: ${form(text)}${hint}`,
    ])
  }
})

t.test('what would be of no use is refused', async (t) => {
  t.strictSame(read({ maxAge: 0, allowMethods: ['get', 'FOO'], allowHeaders: ['a b'] }).problems, [
    'cors.allowOrigins: is empty, so no origin would be allowed',
    'cors.allowMethods[0]: "get" is not a method; write GET',
    'cors.allowMethods[1]: "FOO" is not a method',
    'cors.allowHeaders[0]: "a b" is not a header name',
  ])
  t.strictSame(read({ allowOrigins: [origin, '*'], allowCredentials: true }).problems, [
    'cors.allowCredentials: cannot stand beside the origin *, as in API Gateway; name the origins',
  ])
  t.strictSame(read({ allowOrigins: [origin], exposeHeaders: ['a:b'] }, 'REST').problems, [
    'cors: is for apiType HTTP; with apiType REST give a path an OPTIONS route with a mock instead',
    'cors.exposeHeaders[0]: "a:b" is not a header name',
  ])
})

t.test('credentials for every site of a scheme are warned of', async (t) => {
  const warningsOf = (given: Readonly<Record<string, unknown>>) =>
    corsWarnings({ cors: read(given).settings }).map(({ path }) => path)
  t.strictSame(warningsOf({}), [])
  t.strictSame(warningsOf({ allowOrigins: ['https://*'], exposeHeaders: ['*'] }), [])
  t.strictSame(warningsOf({ allowOrigins: [origin], allowCredentials: true }), [])
  t.strictSame(
    warningsOf({
      allowOrigins: ['https://*', origin, 'http://*'],
      exposeHeaders: ['*'],
      allowCredentials: true,
    }),
    ['cors.allowOrigins', 'cors.allowOrigins', 'cors.exposeHeaders'],
  )
})

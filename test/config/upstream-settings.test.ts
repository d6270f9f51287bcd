import t from 'tap'
import { upstreamSettings } from '../../src/config/upstream-settings.ts'
import { upstreamTable } from '../../src/config/schema-upstream.ts'
import { withDefaults } from '../../src/config/values.ts'
import { createProblems } from '../../src/config/problem.ts'

const read = (given: Readonly<Record<string, unknown>>) => {
  const problems = createProblems()
  const settings = upstreamSettings(withDefaults(upstreamTable, given, {}), {
    report: problems.report,
    resolvePath: (path) => path,
  })
  return { settings, problems: problems.all().map(({ path, message }) => `${path}: ${message}`) }
}

const target = (url: string) => {
  const { settings, problems } = read({ url })
  const { origin, pathPrefix, socketPath } = settings
  return problems.length > 0 ? problems : { origin, pathPrefix, socketPath }
}

t.test('a URL is taken apart', async (t) => {
  for (const [url, origin, pathPrefix] of [
    ['http://app', 'http://app', ''],
    ['http://app:80/', 'http://app', ''],
    ['https://App.Internal:8443', 'https://app.internal:8443', ''],
    ['http://[::1]:3000/legacy/v1/', 'http://[::1]:3000', '/legacy/v1'],
    ['http://app/%7Ea', 'http://app', '/%7Ea'],
  ] as const) {
    t.strictSame(target(url), { origin, pathPrefix, socketPath: undefined }, url)
  }
  t.strictSame(target('unix:/run/app.sock'), {
    origin: 'http://localhost',
    pathPrefix: '',
    socketPath: '/run/app.sock',
  })
})

t.test('a URL that could be read two ways is refused', async (t) => {
  for (const [url, want] of [
    ['', 'is missing; give it here or as UPSTREAM_URL, such as http://127.0.0.1:3000'],
    ['app:3000', '"app:3000" has no scheme; write http://app:3000 or https://app:3000'],
    ['ftp://app', '"ftp://app" is not an absolute http:// or https:// URL'],
    ['http://u:p@app', '"http://…@app" holds credentials, which are not used; leave them out'],
    ['http://app?a', '"http://app?a" has a query; end it before the ?'],
    ['http://app/#a', '"http://app/#a" has a fragment; end it before the #'],
    [
      'http://app/a/../b',
      'its path "/a/../b" is sent as it is, so it must be plain: no "..", no "//"',
    ],
    ['http://app//a', 'its path "//a" is sent as it is, so it must be plain: no "..", no "//"'],
    ['http://app/ä', 'its path "/ä" is sent as it is, so it must be plain: no "..", no "//"'],
    ['unix:run/app.sock', 'unix: is followed by an absolute path, as in unix:/run/app.sock'],
    ['unix://run/app.sock', 'unix: is followed by an absolute path, as in unix:/run/app.sock'],
    ['unix:/run/app.sock?a', 'a unix socket has no query and no fragment'],
    [`unix:/${'a'.repeat(107)}`, 'the path of a unix socket may have 107 bytes'],
  ] as const) {
    t.strictSame(target(url), [`upstream.url: ${want}`])
  }
})

t.test('fixed headers are flat, and checked by name and value', async (t) => {
  t.strictSame(read({ url: 'http://app', headers: { 'X-A': 'a', 'X-B': '' } }).settings.headers, [
    'X-A',
    'a',
    'X-B',
    '',
  ])
  const headers = { 'X-Forwarded-For': 'a', 'X-A': 'secret\u00e9', x_a: 'b' }
  t.strictSame(read({ url: 'http://app', headers }).problems, [
    'upstream.headers.X-Forwarded-For: X-Forwarded-For is kept for the gate or for the body; choose another name',
    'upstream.headers.x_a: an upstream may read x_a as the same name as upstream.headers.X-A',
    'upstream.headers.X-A: a header value is plain ASCII without controls',
  ])
})

t.test('the rest is taken over as it is', async (t) => {
  const { settings } = read({ url: 'https://app', maxQueued: 7, preserveHost: false })
  t.strictSame(settings, {
    origin: 'https://app',
    pathPrefix: '',
    socketPath: undefined,
    connectTimeoutMs: 5000,
    responseTimeoutMs: 29_000,
    idleTimeoutMs: 300_000,
    maxConnections: 1024,
    maxQueued: 7,
    queueTimeoutMs: 1000,
    preserveHost: false,
    headers: [],
    tls: { ca: undefined, cert: undefined, key: undefined, serverName: 'app' },
  })
})

import { join } from 'node:path'
import t from 'tap'
import { jwksSettings } from '../../src/config/jwks-settings.ts'
import { createProblems } from '../../src/config/problem.ts'
import { jwksTable } from '../../src/config/schema-jwks.ts'
import { withDefaults } from '../../src/config/values.ts'
import { authority } from '../fixtures/issuer-certificates.ts'
import { certificate } from '../fixtures/upstream-certificate.ts'
import { jwksSettings as defaults } from '../helpers/authorizer-settings.ts'

const folder = t.testdir({ 'ca.pem': authority, 'extra.pem': certificate, 'text.pem': 'text' })

const read = (
  given: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string>> = {},
) => {
  const problems = createProblems()
  const settings = jwksSettings(withDefaults(jwksTable, given, {}), env, {
    report: problems.report,
    resolvePath: (path) => join(folder, path),
  })
  return { settings, problems: problems.all().map(({ path, message }) => `${path}: ${message}`) }
}

t.test('the file of authorities is handed on as text, with those of the process', async (t) => {
  t.strictSame(read({}), { settings: defaults, problems: [] })
  const given = { caFile: 'ca.pem' }
  for (const [env, ca] of [
    [{}, `${authority}\n`],
    [{ NODE_EXTRA_CA_CERTS: '' }, `${authority}\n`],
    [{ NODE_EXTRA_CA_CERTS: '/nowhere/ca.pem' }, `${authority}\n`],
    [{ NODE_EXTRA_CA_CERTS: join(folder, 'extra.pem') }, `${authority}\n${certificate}`],
  ] as const) {
    t.strictSame(read(given, env), { settings: { ...defaults, ca }, problems: [] })
    t.strictSame(read({}, env).settings.ca, undefined)
  }
})

t.test('the proxies of the environment are for keys', async (t) => {
  const https = { origin: 'http://proxy:3128', authorization: undefined }
  t.strictSame(read({}, { HTTPS_PROXY: 'http://proxy:3128' }).settings.proxies.https, https)
  t.strictSame(read({}, { HTTPS_PROXY: 'socks5://x' }).problems.length, 1)
})

t.test('what cannot be meant is reported', async (t) => {
  t.strictSame(read({ caFile: 'text.pem' }).problems, [
    'jwks.caFile: "text.pem" holds no PEM certificate',
  ])
  t.strictSame(read({ caFile: 'none.pem' }).problems, [
    'jwks.caFile: "none.pem" cannot be read: there is no such file',
  ])
  t.strictSame(read({ refreshSeconds: 60, maxStaleSeconds: 59 }).problems, [
    'jwks.maxStaleSeconds: 59 is less than refreshSeconds (60)',
  ])
})

import { join } from 'node:path'
import t from 'tap'
import { jwksSettings } from '../../src/config/jwks-settings.ts'
import { createProblems } from '../../src/config/problem.ts'
import { jwksTable } from '../../src/config/schema-jwks.ts'
import { withDefaults } from '../../src/config/values.ts'
import { authority } from '../fixtures/issuer-certificates.ts'
import { jwksSettings as defaults, noProxies } from '../helpers/authorizer-settings.ts'

const folder = t.testdir({ 'ca.pem': authority, 'text.pem': 'text' })

const read = (given: Readonly<Record<string, unknown>>) => {
  const problems = createProblems()
  const settings = jwksSettings(withDefaults(jwksTable, given, {}), noProxies, {
    report: problems.report,
    resolvePath: (path) => join(folder, path),
  })
  return { settings, problems: problems.all().map(({ path, message }) => `${path}: ${message}`) }
}

t.test('the file of authorities is handed on as text', async (t) => {
  t.strictSame(read({}), { settings: defaults, problems: [] })
  t.strictSame(read({ caFile: 'ca.pem' }), {
    settings: { ...defaults, ca: authority },
    problems: [],
  })
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

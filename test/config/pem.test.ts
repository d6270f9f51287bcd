import { join } from 'node:path'
import t from 'tap'
import { checkCertificates, parses, readPem } from '../../src/config/pem.ts'
import { createProblems } from '../../src/config/problem.ts'
import { authority, issuerCertificate, issuerKey } from '../fixtures/issuer-certificates.ts'

t.test('a bundle is one or more whole certificates, with any text around them', async (t) => {
  const broken = 'holds a certificate that cannot be read'
  const none = 'holds no PEM certificate'
  for (const { name, given, want } of [
    { name: 'one', given: authority, want: undefined },
    { name: 'two', given: `one\n${authority}two\n${issuerCertificate}`, want: undefined },
    { name: 'CRLF', given: authority.replaceAll('\n', '\r\n'), want: undefined },
    { name: 'nothing', given: '', want: none },
    { name: 'a key', given: issuerKey, want: `${none} but a private key` },
    { name: 'cut off', given: authority.slice(0, 200), want: broken },
    { name: 'the second cut off', given: authority + authority.slice(0, 200), want: broken },
    {
      name: 'not a certificate',
      given: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      want: broken,
    },
  ]) {
    t.equal(checkCertificates(given), want, name)
  }
})

t.test('a file is handed on as text, or its fault reported', async (t) => {
  const folder = t.testdir({ 'ca.pem': authority, 'text.pem': 'text' })
  const read = (file: string) => {
    const problems = createProblems()
    const context = {
      report: problems.report,
      resolvePath: (path: string) => join(folder, path),
    }
    return {
      text: readPem(file, 'a.caFile', checkCertificates, context),
      problems: problems.all().map(({ path, message }) => `${path}: ${message}`),
    }
  }
  t.strictSame(read(''), { text: undefined, problems: [] })
  t.strictSame(read('ca.pem'), { text: authority, problems: [] })
  t.strictSame(read('text.pem'), {
    text: undefined,
    problems: ['a.caFile: "text.pem" holds no PEM certificate'],
  })
  t.strictSame(read('none.pem').problems, [
    'a.caFile: "none.pem" cannot be read: there is no such file',
  ])
})

t.test('parsing is asked about, not tried', async (t) => {
  t.ok(parses(() => JSON.parse('1')))
  t.notOk(parses(() => JSON.parse('{')))
})

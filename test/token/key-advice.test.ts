import t from 'tap'
import { adviceAbout } from '../../src/token/key-advice.ts'

const uri = { kind: 'uri', uri: 'https://idp.example.com/jwks' } as const
const withCode = (code: string | number) => Object.assign(new Error('no'), { code })
const again = '; it is asked again by itself'

t.test('what to do goes by what went wrong', async (t) => {
  for (const [error, want] of [
    [withCode('ENOTFOUND'), /^there is no such host .* region of the pool id, or mend DNS/],
    [withCode('EAI_AGAIN'), /^there is no such host/],
    [withCode('ECONNREFUSED'), /^it cannot be reached: look at firewalls/],
    [new Error('no complete answer in 5 ms', { cause: withCode(23) }), /^it cannot be reached/],
    [new Error('through the proxy', { cause: withCode('ENOTFOUND') }), /^there is no such host/],
    [withCode('SELF_SIGNED_CERT_IN_CHAIN'), /^its certificate is not trusted: .* jwks\.caFile/],
    [withCode('ERR_TLS_CERT_ALTNAME_INVALID'), /^its certificate is not trusted/],
    [new Error('answered with status 404'), /^something else than that issuer .* jwksUri/],
    [new Error('wrapped', { cause: new Error('no code') }), /^something else/],
    [undefined, /^something else/],
  ] as const) {
    const advice = adviceAbout(error, uri)
    t.match(advice, want)
    t.ok(advice.endsWith(again))
  }
})

t.test('a file is there to be mended', async (t) => {
  const want = 'mend the file; it is read again by itself'
  t.equal(adviceAbout(withCode('ENOENT'), { kind: 'file', path: '/keys.json' }), want)
})

import t from 'tap'
import type { Identity } from '../../src/core/identity.ts'
import type { DeniedToken } from '../../src/core/settings.ts'
import { compileDeniedTokens } from '../../src/token/denied-tokens.ts'
import { identity } from '../helpers/authorizing.ts'

const deny = (claim: DeniedToken['claim'], value: string, issuer?: string): DeniedToken => ({
  claim,
  value,
  issuer,
})

t.test(
  'a token is revoked by a claim of its own or by its key, everywhere or for one issuer',
  async (t) => {
    const claims = { sub: 'jane', jti: 7, origin_jti: 'o', kid: 'claimed', aud: 'a' }
    const given: Identity = identity({ issuer: 'https://i/', keyId: 'k', claims })
    const cases = [
      { list: [], want: false },
      { list: [deny('sub', 'jane')], want: true },
      { list: [deny('sub', 'jane', 'https://i/')], want: true },
      { list: [deny('sub', 'jane', 'https://i')], want: false },
      { list: [deny('sub', 'jane', 'https://i'), deny('sub', 'jane')], want: true },
      { list: [deny('sub', 'Jane')], want: false },
      { list: [deny('sub', 'jan'), deny('sub', 'janet')], want: false },
      { list: [deny('jti', '7')], want: true },
      { list: [deny('jti', 'jane')], want: false },
      { list: [deny('origin_jti', 'x'), deny('origin_jti', 'o')], want: true },
      { list: [deny('kid', 'k')], want: true },
      { list: [deny('kid', 'claimed')], want: false },
    ]
    for (const { list, want } of cases) {
      t.equal(compileDeniedTokens(list)(given), want, JSON.stringify(list))
    }
  },
)

t.test('a claim that is absent, inherited or no text is on no list', async (t) => {
  const isRevoked = compileDeniedTokens(
    ['undefined', 'null', '[object Object]', 'a', 'true'].flatMap((value) => [
      deny('sub', value),
      deny('jti', value),
      deny('origin_jti', value),
    ]),
  )
  const claims = JSON.parse('{"jti":null,"origin_jti":["a"],"__proto__":{"sub":"a"}}') as object
  t.notOk(isRevoked(identity({ claims: { ...claims } })))
  t.notOk(isRevoked(identity({ claims: { sub: true, jti: {} } })))
})

t.test('a full list is asked as quickly as a short one', async (t) => {
  const list = Array.from({ length: 100_000 }, (_, n) =>
    deny('sub', `subject-${n}`, `https://${n % 3}/`),
  )
  const isRevoked = compileDeniedTokens(list)
  const wanted = identity({ issuer: 'https://2/', claims: { sub: 'subject-99998' } })
  t.ok(isRevoked(wanted))
  t.notOk(isRevoked({ ...wanted, issuer: 'https://1/' }))
  // A walk through the list would take minutes.
  for (let round = 0; round < 1_000_000; round += 1) isRevoked(wanted)
  t.pass()
})

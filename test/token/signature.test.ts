import { JwtInvalidSignatureAlgorithmError, JwtInvalidSignatureError } from 'aws-jwt-verify/error'
import type { JwkWithKid } from 'aws-jwt-verify/jwk'
import { decomposeUnverifiedJwt, type DecomposedJwt } from 'aws-jwt-verify/jwt'
import t from 'tap'
import { algorithms } from '../../src/core/settings.ts'
import { createSignatureCheck, type SignatureCheck } from '../../src/token/signature.ts'
import { createKey, signToken } from '../helpers/key-server.ts'

/** The class of what the check throws. */
const refusal = (check: SignatureCheck, token: DecomposedJwt): unknown => {
  try {
    check(token)
    return 'none'
  } catch (error) {
    return (error as Error).constructor
  }
}

t.test('a signature of every algorithm is checked, and no claim is', async (t) => {
  for (const alg of algorithms) {
    const key = createKey(alg, 'k')
    const check = createSignatureCheck(key.jwk as unknown as JwkWithKid)
    for (const claims of [{}, { exp: 1, nbf: 9e9, iss: 'x', aud: 'y' }]) {
      t.equal(refusal(check, decomposeUnverifiedJwt(signToken(key, claims))), 'none', alg)
    }
    const token = signToken(createKey(alg, 'k'), {})
    t.equal(refusal(check, decomposeUnverifiedJwt(token)), JwtInvalidSignatureError, alg)
  }
})

t.test('a signature that was cut or lengthened is one that is not good', async (t) => {
  for (const alg of algorithms) {
    const key = createKey(alg, 'k')
    const check = createSignatureCheck(key.jwk as unknown as JwkWithKid)
    const token = signToken(key, {})
    for (const changed of [token.slice(0, -4), `${token}AAAA`, token.replace(/[^.]*$/, 'AAAA')]) {
      t.equal(refusal(check, decomposeUnverifiedJwt(changed)), JwtInvalidSignatureError, alg)
    }
  }
})

t.test('a key is not used for another algorithm than its own', async (t) => {
  const key = createKey('RS256', 'k')
  const check = createSignatureCheck(key.jwk as unknown as JwkWithKid)
  for (const alg of ['RS512', 'HS256', 'none', 'ES256']) {
    const token = decomposeUnverifiedJwt(signToken(key, {}, { alg }))
    t.equal(refusal(check, token), JwtInvalidSignatureAlgorithmError, alg)
  }
})

t.test('two keys of one kid do not share what the library remembers', async (t) => {
  const [old, replacement] = [createKey('RS256', 'k'), createKey('RS256', 'k')]
  const token = decomposeUnverifiedJwt(signToken(replacement, { iss: 'x' }))
  const oldCheck = createSignatureCheck(old.jwk as unknown as JwkWithKid)
  t.equal(refusal(oldCheck, token), JwtInvalidSignatureError)
  t.equal(refusal(createSignatureCheck(replacement.jwk as unknown as JwkWithKid), token), 'none')
})

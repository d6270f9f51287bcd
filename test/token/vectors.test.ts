// Published vectors of others against the token path: the word of each refusal. What becomes of them at
// the door of the built gate is in test/e2e/keys-vectors.test.ts.
import t from 'tap'
import { isDenial } from '../../src/core/denial.ts'
import type { Identity } from '../../src/core/identity.ts'
import { algorithms } from '../../src/core/settings.ts'
import { parseKeySet } from '../../src/token/key-set.ts'
import { readToken } from '../../src/token/source.ts'
import type { Verifier } from '../../src/token/verify.ts'
import { jwtAuthorizer } from '../helpers/authorizer-settings.ts'
import { createKeyServer, signText } from '../helpers/key-server.ts'
import {
  cookbookForms,
  isJson,
  isSound,
  jsonTexts,
  jwsText,
  paddingGroups,
  publishedKeys,
  within,
  withoutVectors,
  wycheproofGroups,
} from '../helpers/vectors.ts'
import {
  claimsOf,
  createPartnerBench,
  createVerifierBench,
  inOneHour,
} from '../helpers/verifier-bench.ts'

const skip = withoutVectors

const source = { in: 'header', name: 'authorization' } as const

/** The word of the refusal, or the identity. */
const present = async (verifier: Verifier, token: string): Promise<string | Identity> => {
  const read = readToken({ rawHeaders: ['Authorization', token], query: '' }, source, 100_000)
  const verified = isDenial(read) ? read : await verifier.verify(read)
  return isDenial(verified) ? verified.code : verified
}

t.test('a token is malformed exactly when the JSON in it is', { skip }, async (t) => {
  const { server, partner } = await createPartnerBench(t)
  const key = server.key()
  const head = JSON.stringify({ alg: 'RS256', kid: key.kid })
  const claims = JSON.stringify(claimsOf(server))
  for (const { name, text } of jsonTexts()) {
    const isGood = isSound(within(claims, text))
    if (name.startsWith('y_'))
      t.equal(isGood, !name.includes('duplicated'), `${name} is what it says`)
    const want = isGood ? 'object' : 'string'
    t.equal(typeof (await present(partner, signText(key, head, within(claims, text)))), want, name)
    t.equal(typeof (await present(partner, signText(key, within(head, text), claims))), want, name)
    t.equal(typeof (await present(partner, signText(key, head, text))), 'string', name)
    t.not(await present(partner, signText(key, text, claims)), 'internal', name)
    if (isJson(text)) t.notOk(parseKeySet(JSON.parse(text.toString())).ok, name)
  }
})

t.test('no vector of Wycheproof is taken for a token', { skip }, async (t) => {
  for (const group of wycheproofGroups()) {
    const server = await createKeyServer()
    server.serve({ keys: [...publishedKeys(group), server.key().jwk] })
    const bench = await createVerifierBench([server])
    const verifier = bench.verifier(jwtAuthorizer({ algorithms }))
    for (const { tcId, comment, jws } of group.tests) {
      const outcome = await present(verifier, jwsText(jws))
      t.ok(typeof outcome === 'string' && outcome !== 'internal', `${tcId} ${comment}`, { outcome })
    }
    bench.keys.stop()
    await server.close()
  }
})

t.test('of all its paddings over real claims only the valid one passes', { skip }, async (t) => {
  const counts = { accepted: 0, refused: 0 }
  for (const { jwk, tokens } of paddingGroups()) {
    const server = await createKeyServer()
    server.serve({ keys: [jwk] })
    const bench = await createVerifierBench([server])
    const verifier = bench.verifier(jwtAuthorizer({ algorithms, cacheTtlSeconds: 0 }))
    for (const { name, token, isValid } of tokens({ iss: server.issuer, exp: inOneHour })) {
      const outcome = await present(verifier, token)
      counts[isValid ? 'accepted' : 'refused'] += 1
      const want = isValid ? 'accepted' : 'signature_invalid'
      t.equal(typeof outcome === 'string' ? outcome : 'accepted', want, name)
    }
    bench.keys.stop()
    await server.close()
  }
  t.ok(counts.accepted > 2 && counts.refused > 100, JSON.stringify(counts))
})

t.test('no form of the RFC cookbooks is taken for a token', { skip }, async (t) => {
  const { partner } = await createPartnerBench(t)
  for (const { name, form } of cookbookForms()) {
    const outcome = await present(partner, form)
    t.ok(typeof outcome === 'string' && outcome !== 'internal', `${name} ${form.slice(0, 30)}`)
  }
})

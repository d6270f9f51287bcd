// Published vectors of others against the token path. They are read where VECTORS_DIR says.
import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  privateEncrypt,
  publicDecrypt,
  sign,
  type JsonWebKey,
} from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { isDenial } from '../../src/core/denial.ts'
import type { Identity } from '../../src/core/identity.ts'
import { algorithms } from '../../src/core/settings.ts'
import { parseKeySet } from '../../src/token/key-set.ts'
import { readToken } from '../../src/token/source.ts'
import type { Verifier } from '../../src/token/verify.ts'
import { jwtAuthorizer } from '../helpers/authorizer-settings.ts'
import { base64url, createKeyServer, signText } from '../helpers/key-server.ts'
import {
  claimsOf,
  createPartnerBench,
  createVerifierBench,
  inOneHour,
} from '../helpers/verifier-bench.ts'

const vectors = process.env['VECTORS_DIR'] ?? ''
const skip = vectors === '' && 'set VECTORS_DIR to the folder with the vectors'

const source = { in: 'header', name: 'authorization' } as const

/** The word of the refusal, or the identity. */
const present = async (verifier: Verifier, token: string): Promise<string | Identity> => {
  const read = readToken({ rawHeaders: ['Authorization', token], query: '' }, source, 100_000)
  const verified = isDenial(read) ? read : await verifier.verify(read)
  return isDenial(verified) ? verified.code : verified
}

/** UTF-8, JSON, and no name twice: the vectors that double one all call it `a`. */
const isSound = (bytes: Buffer): boolean => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    JSON.parse(text)
    return !/"a":[^,]*,\s*"a":/.test(text)
  } catch {
    return false
  }
}

/** Every text in a document, and every object as JSON: compact, flattened and general forms alike. */
const formsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return [JSON.stringify(value), ...Object.values(value).flatMap(formsIn)]
}

t.test('a token is malformed exactly when the JSON in it is', { skip }, async (t) => {
  const { server, partner } = await createPartnerBench(t)
  const folder = join(vectors, 'json-parsing', 'test_parsing')
  const key = server.key()
  const head = JSON.stringify({ alg: 'RS256', kid: key.kid })
  const claims = JSON.stringify(claimsOf(server))
  for (const name of readdirSync(folder)) {
    // Larger ones end at the header limit, long before.
    const text = readFileSync(join(folder, name)).subarray(0, 60_000)
    const into = (json: string) =>
      Buffer.concat([Buffer.from(`${json.slice(0, -1)},"x":`), text, Buffer.from('}')])
    const isGood = isSound(into(claims))
    if (name.startsWith('y_'))
      t.equal(isGood, !name.includes('duplicated'), `${name} is what it says`)
    const want = isGood ? 'object' : 'string'
    t.equal(typeof (await present(partner, signText(key, head, into(claims)))), want, name)
    t.equal(typeof (await present(partner, signText(key, into(head), claims))), want, name)
    t.equal(typeof (await present(partner, signText(key, head, text))), 'string', name)
    t.not(await present(partner, signText(key, text, claims)), 'internal', name)
    if (isSound(text)) t.notOk(parseKeySet(JSON.parse(text.toString())).ok, name)
  }
})

interface Group {
  readonly private: JsonWebKey & { readonly kid?: string }
  readonly public?: JsonWebKey & { readonly kid?: string }
  readonly tests: readonly {
    readonly tcId: number
    readonly comment: string
    readonly jws: unknown
  }[]
}

const groupsOf = (name: string): readonly Group[] =>
  (JSON.parse(readFileSync(join(vectors, 'wycheproof', name), 'utf8')) as { testGroups: Group[] })
    .testGroups

t.test('no vector of Wycheproof is taken for a token', { skip }, async (t) => {
  for (const name of ['json_web_signature_test.json', 'json_web_key_test.json']) {
    for (const group of groupsOf(name)) {
      const server = await createKeyServer()
      const published = group.public ?? group.private
      server.serve({
        keys: [
          published,
          server.key().jwk,
          ...((published['keys'] as unknown[] | undefined) ?? []),
        ],
      })
      const bench = await createVerifierBench([server])
      const verifier = bench.verifier(jwtAuthorizer({ algorithms }))
      for (const { tcId, comment, jws } of group.tests) {
        const text = typeof jws === 'string' ? jws : JSON.stringify(jws)
        const outcome = await present(verifier, text)
        t.ok(typeof outcome === 'string' && outcome !== 'internal', `${tcId} ${comment}`, {
          outcome,
        })
      }
      bench.keys.stop()
      await server.close()
    }
  }
})

t.test('of all its paddings over real claims only the valid one passes', { skip }, async (t) => {
  const digests = new Map([
    ['RS256', 'sha256'],
    ['RS384', 'sha384'],
    ['RS512', 'sha512'],
  ])
  const counts = { accepted: 0, refused: 0 }
  for (const group of groupsOf('json_web_signature_test.json')) {
    const digest = digests.get(String(group.private['alg']))
    const kid = group.public?.kid
    if (digest === undefined || group.public === undefined || kid === undefined) continue
    const publicKey = createPublicKey({ key: group.public, format: 'jwk' })
    const privateKey = createPrivateKey({ key: group.private, format: 'jwk' })
    const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0
    if (bits < 2048) continue
    const server = await createKeyServer()
    server.serve({ keys: [group.public] })
    const bench = await createVerifierBench([server])
    const verifier = bench.verifier(jwtAuthorizer({ algorithms, cacheTtlSeconds: 0 }))
    const claims = { iss: server.issuer, exp: inOneHour }
    const input = `${base64url(JSON.stringify({ alg: group.private['alg'], kid }))}.${base64url(JSON.stringify(claims))}`
    const valid = sign(digest, Buffer.from(input), privateKey)
    for (const { tcId, comment, jws } of group.tests) {
      const [head = '', body = '', signature = ''] = String(jws).split('.')
      const given = Buffer.from(signature, 'base64url')
      if (given.length !== bits / 8) continue
      const padding = constants.RSA_NO_PADDING
      const block = publicDecrypt({ key: publicKey, padding }, given)
      const theirs = createHash(digest).update(`${head}.${body}`).digest()
      const at = block.indexOf(theirs)
      if (at >= 0) createHash(digest).update(input).digest().copy(block, at)
      const forged = privateEncrypt({ key: privateKey, padding }, block)
      const outcome = await present(verifier, `${input}.${forged.toString('base64url')}`)
      const isValid = forged.equals(valid)
      counts[isValid ? 'accepted' : 'refused'] += 1
      t.equal(
        typeof outcome === 'string' ? outcome : 'accepted',
        isValid ? 'accepted' : 'signature_invalid',
        `${tcId} ${comment}`,
      )
    }
    bench.keys.stop()
    await server.close()
  }
  t.ok(counts.accepted > 2 && counts.refused > 100, JSON.stringify(counts))
})

t.test('no form of the RFC cookbooks is taken for a token', { skip }, async (t) => {
  const { partner } = await createPartnerBench(t)
  for (const folder of ['rfc-cookbook/jws', 'rfc-cookbook/rfc7797']) {
    for (const name of readdirSync(join(vectors, folder))) {
      const text = readFileSync(join(vectors, folder, name), 'utf8')
      for (const form of formsIn(JSON.parse(text))) {
        const outcome = await present(partner, form)
        t.ok(typeof outcome === 'string' && outcome !== 'internal', `${name} ${form.slice(0, 30)}`)
      }
    }
  }
})

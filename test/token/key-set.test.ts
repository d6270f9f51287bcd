import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { fail } from '../../src/core/result.ts'
import { parseKeySet } from '../../src/token/key-set.ts'
import { createKey } from '../helpers/key-server.ts'
import { createSeededRandom } from '../helpers/seeded-random.ts'

const good = createKey('RS256', 'good').jwk
const { alg: _alg, use: _use, ...bare } = good

const publicJwk = (modulusLength: number, publicExponent = 65537) => ({
  ...generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey.export({
    format: 'jwk',
  }),
  kid: 'bad',
})

const skippedOf = (member: unknown) => {
  const parsed = parseKeySet({ keys: [member, good] })
  return parsed.ok && parsed.value.keys.size === 1 ? parsed.value.skipped : parsed
}

t.test('a bad member costs itself, not the set', async (t) => {
  const bad = { ...bare, kid: 'bad' }
  const cases = [
    { name: 'null', given: null, want: 'not an object' },
    { name: 'a text', given: 'x', want: 'not an object' },
    { name: 'a list', given: [], want: 'not an object' },
    { name: 'no kid', given: { ...bare, kid: undefined }, want: 'no kid' },
    { name: 'an empty kid', given: { ...bare, kid: '' }, want: 'no kid' },
    { name: 'a number for a kid', given: { ...bare, kid: 1 }, want: 'no kid' },
    { name: 'for encryption', given: { ...bad, use: 'enc' }, want: 'use is not sig' },
    { name: 'use null', given: { ...bad, use: null }, want: 'use is not sig' },
    { name: 'key_ops', given: { ...bad, key_ops: ['encrypt'] }, want: 'key_ops without verify' },
    { name: 'key_ops text', given: { ...bad, key_ops: 'verify' }, want: 'key_ops without verify' },
    {
      name: 'a secret',
      given: { kty: 'oct', k: 'AAAA', kid: 'x' },
      want: 'unsupported kty or crv',
    },
    { name: 'no kty', given: { kid: 'x' }, want: 'unsupported kty or crv' },
    {
      name: 'another curve',
      given: { kty: 'EC', crv: 'secp256k1', kid: 'x' },
      want: 'unsupported kty or crv',
    },
    { name: 'PS256', given: { ...bad, alg: 'PS256' }, want: 'alg does not fit the key' },
    { name: 'alg null', given: { ...bad, alg: null }, want: 'alg does not fit the key' },
    {
      name: 'alg of another type',
      given: { ...bad, alg: 'ES256' },
      want: 'alg does not fit the key',
    },
    {
      name: 'no modulus',
      given: { kty: 'RSA', e: 'AQAB', kid: 'x' },
      want: 'not a valid public key',
    },
    { name: 'a number for n', given: { ...bad, n: 1 }, want: 'not a valid public key' },
    {
      name: 'a point off the curve',
      given: { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA', kid: 'x' },
      want: 'not a valid public key',
    },
    { name: '1024 bits', given: publicJwk(1024), want: 'RSA modulus of 1024 bits' },
    {
      name: 'far too long',
      given: { ...bad, n: Buffer.alloc(1100, 0xff).toString('base64url') },
      want: 'RSA modulus of 8800 bits',
    },
    {
      name: 'exponent 1',
      given: { ...bad, e: 'AQ' },
      want: 'RSA exponent is even, too small or too large',
    },
    {
      name: 'even exponent',
      given: { ...bad, e: 'AQAA' },
      want: 'RSA exponent is even, too small or too large',
    },
    {
      name: 'huge exponent',
      given: { ...bad, e: 'AwAAAAAAAQ' },
      want: 'RSA exponent is even, too small or too large',
    },
  ]
  for (const { name, given, want } of cases)
    t.strictSame(skippedOf(given), [`keys[0]: ${want}`], name)
})

t.test('a key says which algorithms it verifies', async (t) => {
  const { alg: _1, ...ec } = createKey('ES384').jwk
  const cases = [
    { given: bare, want: ['RS256', 'RS384', 'RS512'] },
    { given: { ...bare, alg: 'RS512' }, want: ['RS512'] },
    { given: { ...bare, key_ops: ['verify'], e: 'Aw' }, want: ['RS256', 'RS384', 'RS512'] },
    { given: ec, want: ['ES384'] },
    { given: createKey('ES256').jwk, want: ['ES256'] },
    { given: createKey('ES512').jwk, want: ['ES512'] },
    { given: createKey('EdDSA').jwk, want: ['EdDSA'] },
  ]
  for (const { given, want } of cases) {
    const parsed = parseKeySet({ keys: [given] })
    const keys = parsed.ok ? [...parsed.value.keys.values()].flat() : []
    t.strictSame(
      keys.map((key) => key.algorithms),
      [want],
    )
  }
})

t.test('several keys of one kid are kept, and told apart by their material', async (t) => {
  const parsed = parseKeySet({ keys: [good, createKey('RS256', 'good').jwk, good] })
  const kept = parsed.ok ? (parsed.value.keys.get('good') ?? []) : []
  t.equal(kept.length, 3)
  t.equal(new Set(kept.map((key) => key.fingerprint)).size, 2)
})

t.test('private members are not kept', async (t) => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = privateKey.export({ format: 'jwk' })
  const parsed = parseKeySet({ keys: [{ ...jwk, kid: 'k' }] })
  const [key] = parsed.ok ? (parsed.value.keys.get('k') ?? []) : []
  t.ok(key?.fingerprint.includes(String(jwk.n)))
  t.notOk(key?.fingerprint.includes(String(jwk.d)))
})

t.test('a set without a usable key is an error that says why', async (t) => {
  const none = fail('the key set has no list of keys')
  for (const given of [undefined, null, [], 'x', 1, {}, { keys: null }, { keys: {} }]) {
    t.strictSame(parseKeySet(given), none)
  }
  t.strictSame(parseKeySet({ keys: [] }), fail('the key set has no usable key'))
  t.strictSame(
    parseKeySet({ keys: [null, { ...bare, kid: '' }] }),
    fail('the key set has no usable key; keys[0]: not an object; keys[1]: no kid'),
  )
})

t.test('no mutation of a key set makes the parser throw', async (t) => {
  const random = createSeededRandom()
  const junk = [
    null,
    1,
    '',
    'x',
    [],
    {},
    ['verify'],
    'AQAB',
    -1,
    true,
    '\u0000',
    'sig',
    'A'.repeat(999),
  ]
  const names = [...Object.keys(good), 'key_ops', 'crv', 'x', 'y', 'd', '__proto__']
  for (let round = 0; round < 3000; round += 1) {
    const changes = Array.from({ length: 1 + random.below(4) }, () => [
      random.pick(names),
      random.pick(junk),
    ])
    const member: unknown = { ...good, ...(Object.fromEntries(changes) as object) }
    try {
      parseKeySet({ keys: [member, good] })
    } catch (error) {
      return t.fail('threw', { seed: random.seed, member, error })
    }
  }
  return t.pass()
})

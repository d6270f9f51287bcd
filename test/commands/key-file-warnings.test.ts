import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import t from 'tap'
import { keyFileWarnings } from '../../src/commands/key-file-warnings.ts'
import type { Settings } from '../../src/core/settings.ts'

const jwk = (bits: number) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  const [secret, open] = [privateKey, publicKey].map((key) => key.export({ format: 'jwk' }))
  return { secret: { ...secret, kid: 'a' }, open: { ...open, kid: 'a' } }
}
const good = jwk(2048)
const weak = jwk(1024)

t.test('a key file is looked into', async (t) => {
  const warn = (keys: readonly unknown[]): readonly string[] => {
    const folder = t.testdir({ 'keys.json': JSON.stringify({ keys }) })
    const path = join(folder, 'keys.json')
    const issuers = [{ issuer: 'a', keys: { kind: 'file', path } }]
    return keyFileWarnings({ authorizers: [{ name: 'pool', issuers }] } as unknown as Settings).map(
      (warning) => `${warning.path}: ${warning.message}`,
    )
  }
  const at = 'authorizers.pool.jwksFile'
  const none = 'every token is refused with 503 until it has one'
  t.strictSame(warn([good.open]), [])
  t.strictSame(warn([good.open, weak.open, null, 'x']), [
    `${at}: is not used: keys[1]: RSA modulus of 1024 bits`,
    `${at}: is not used: keys[2]: not an object`,
    `${at}: is not used: keys[3]: not an object`,
  ])
  t.strictSame(warn([]), [`${at}: the key set has no usable key; ${none}`])
  t.strictSame(warn([weak.open]), [
    `${at}: the key set has no usable key; keys[0]: RSA modulus of 1024 bits; ${none}`,
  ])
  t.strictSame(warn([good.secret]), [
    `${at}: holds a private key: whoever reads the file can sign tokens; keep only public members`,
  ])
})

t.test('keys that are fetched are not here to be looked at', async (t) => {
  const issuers = [{ issuer: 'a', keys: { kind: 'uri', uri: 'https://a' } }]
  const settings = { authorizers: [{ name: 'pool', issuers }] } as unknown as Settings
  t.strictSame(keyFileWarnings(settings), [])
})

// Published vectors of others, read where VECTORS_DIR says, and made into tokens over real claims: as
// they were published, their payloads are no claims, and all of them would be refused for that.
import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  privateEncrypt,
  publicDecrypt,
  sign,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { base64url } from './key-server.ts'

const folder = process.env['VECTORS_DIR'] ?? ''

/** Why tests of vectors are passed over; false where the vectors are at hand. */
export const withoutVectors = folder === '' && 'set VECTORS_DIR to the folder with the vectors'

/** JSON texts, good and bad. Longer ones are cut: they would end at the limit of a request head. */
export const jsonTexts = (): readonly { readonly name: string; readonly text: Buffer }[] => {
  const texts = join(folder, 'json-parsing', 'test_parsing')
  return readdirSync(texts).map((name) => ({
    name,
    text: readFileSync(join(texts, name)).subarray(0, 60_000),
  }))
}

/** A text as one more member of an object given as JSON. */
export const within = (json: string, text: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${json.slice(0, -1)},"x":`), text, Buffer.from('}')])

/** UTF-8 and JSON. */
export const isJson = (bytes: Buffer): boolean => {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
    return true
  } catch {
    return false
  }
}

/** UTF-8, JSON, and no name twice: the texts that double one all call it `a`. */
export const isSound = (bytes: Buffer): boolean =>
  isJson(bytes) && !/"a":[^,]*,\s*"a":/.test(bytes.toString())

export interface Group {
  readonly private: JsonWebKey & { readonly kid?: string }
  readonly public?: JsonWebKey & { readonly kid?: string }
  readonly tests: readonly {
    readonly tcId: number
    readonly comment: string
    readonly jws: unknown
  }[]
}

const signatures = 'json_web_signature_test.json'

/** All groups of Wycheproof's signatures and keys. */
export const wycheproofGroups = (): readonly Group[] =>
  [signatures, 'json_web_key_test.json'].flatMap(groupsOf)

const groupsOf = (name: string): readonly Group[] =>
  (JSON.parse(readFileSync(join(folder, 'wycheproof', name), 'utf8')) as { testGroups: Group[] })
    .testGroups

/** The keys that a group's tokens are for, as a key set has them. */
export const publishedKeys = (group: Group): readonly unknown[] => {
  const published = group.public ?? group.private
  return [published, ...((published['keys'] as unknown[] | undefined) ?? [])]
}

/** A vector's text as a client would send it. */
export const jwsText = (jws: unknown): string =>
  typeof jws === 'string' ? jws : JSON.stringify(jws)

/** An RSA group whose paddings can be put over other claims. */
export interface PaddingGroup {
  readonly jwk: JsonWebKey
  /** Tokens over the claims; the one that is valid in every bit may pass, the others never. */
  readonly tokens: (claims: object) => readonly PaddedToken[]
}

export interface PaddedToken {
  readonly name: string
  readonly token: string
  readonly isValid: boolean
}

const digests: ReadonlyMap<unknown, string> = new Map([
  ['RS256', 'sha256'],
  ['RS384', 'sha384'],
  ['RS512', 'sha512'],
])

/** Wycheproof's groups of RSASSA-PKCS1-v1_5 with keys that are long enough to be used at all. */
export const paddingGroups = (): readonly PaddingGroup[] =>
  groupsOf(signatures).flatMap((group) => {
    const digest = digests.get(group.private['alg'])
    if (digest === undefined || group.public?.kid === undefined) return []
    const publicKey = createPublicKey({ key: group.public, format: 'jwk' })
    const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0
    if (bits < 2048) return []
    const privateKey = createPrivateKey({ key: group.private, format: 'jwk' })
    const head = JSON.stringify({ alg: group.private['alg'], kid: group.public.kid })
    return {
      jwk: group.public,
      tokens: (claims) => {
        const input = `${base64url(head)}.${base64url(JSON.stringify(claims))}`
        const valid = sign(digest, Buffer.from(input), privateKey)
        return group.tests.flatMap(({ tcId, comment, jws }) => {
          const forged = repadded(String(jws), input, digest, { publicKey, privateKey })
          if (forged?.length !== bits / 8) return []
          const token = `${input}.${forged.toString('base64url')}`
          return { name: `${tcId} ${comment}`, token, isValid: forged.equals(valid) }
        })
      },
    }
  })

/** The padding of a vector's signature around the digest of another input, signed again. */
const repadded = (
  jws: string,
  input: string,
  digest: string,
  { publicKey, privateKey }: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
): Buffer | undefined => {
  const [head = '', body = '', signature = ''] = jws.split('.')
  const given = Buffer.from(signature, 'base64url')
  if (given.length !== (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8) return undefined
  const padding = constants.RSA_NO_PADDING
  const block = publicDecrypt({ key: publicKey, padding }, given)
  const theirs = createHash(digest).update(`${head}.${body}`).digest()
  const at = block.indexOf(theirs)
  if (at >= 0) createHash(digest).update(input).digest().copy(block, at)
  return privateEncrypt({ key: privateKey, padding }, block)
}

/** Every form that the RFCs' examples show: compact, flattened, general, detached, unprotected. */
export const cookbookForms = (): readonly { readonly name: string; readonly form: string }[] =>
  ['rfc-cookbook/jws', 'rfc-cookbook/rfc7797'].flatMap((part) =>
    readdirSync(join(folder, part)).flatMap((name) =>
      formsIn(JSON.parse(readFileSync(join(folder, part, name), 'utf8'))).map((form) => ({
        name,
        form,
      })),
    ),
  )

/** Keys that stand in the examples. */
export const cookbookKeys = (): readonly unknown[] =>
  cookbookForms().flatMap(({ form }) => {
    const value = isJson(Buffer.from(form)) ? (JSON.parse(form) as unknown) : undefined
    const isKey = typeof value === 'object' && value !== null && 'kty' in value
    return isKey ? [value] : []
  })

/** Every text in a document, and every object as JSON. */
const formsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return [JSON.stringify(value), ...Object.values(value).flatMap(formsIn)]
}

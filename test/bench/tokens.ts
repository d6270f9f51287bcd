// The tokens of the comparisons, all of one key: good ones, as many as are asked for, and the three
// kinds that every system must refuse. They are written to files that wrk's scripts read.
import { generateKeyPairSync, randomUUID, sign, type JsonWebKey, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

export interface Issuer {
  readonly issuer: string
  readonly kid: string
  /** The public key as the peers want it: PEM of a SubjectPublicKeyInfo. */
  readonly publicPem: string
  readonly jwk: JsonWebKey
  /** Signed access tokens, no two alike. */
  readonly goodTokens: (count: number) => Promise<readonly string[]>
  readonly expiredToken: () => Promise<string>
}

/** Cognito's own form of an issuer; nobody is asked for its keys. */
const issuerName = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Benchmark'
export const clientId = '1h57kf5cpq17m0eml12EXAMPLE'
export const userPoolId = 'eu-west-1_Benchmark'
export const scope = 'orders/read'

const signAsync = promisify(sign)

/** Makes an issuer with an RSA key of 2048 bits, Cognito's size. */
export const createIssuer = (): Issuer => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const kid = randomUUID()
  const token = (expiresInSeconds: number): Promise<string> =>
    signToken({ privateKey, kid }, claimsFor(expiresInSeconds))
  return {
    issuer: issuerName,
    kid,
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' },
    goodTokens: (count) => inBatches(count, () => token(oneDay)),
    expiredToken: () => token(-60),
  }
}

/** The same token with another signature of the right length, in its canonical spelling. */
export const tampered = (token: string): string => {
  const start = token.lastIndexOf('.') + 1
  return `${token.slice(0, start)}${token[start] === 'A' ? 'B' : 'A'}${token.slice(start + 1)}`
}

// As Cognito's, but for their life: 24 hours is the longest that it allows, and outlasts every run.
const oneDay = 86_400

const claimsFor = (expiresInSeconds: number): Readonly<Record<string, unknown>> => {
  const now = Math.floor(Date.now() / 1000)
  return {
    sub: randomUUID(),
    iss: issuerName,
    version: 2,
    client_id: clientId,
    origin_jti: randomUUID(),
    event_id: randomUUID(),
    token_use: 'access',
    scope: `openid profile ${scope}`,
    auth_time: now - 120,
    iat: now - 120,
    exp: now + expiresInSeconds,
    jti: randomUUID(),
    username: 'jane.doe@example.com',
  }
}

const signToken = async (
  { privateKey, kid }: { readonly privateKey: KeyObject; readonly kid: string },
  claims: Readonly<Record<string, unknown>>,
): Promise<string> => {
  const input = `${encode({ kid, alg: 'RS256' })}.${encode(claims)}`
  const signature = await signAsync('RSA-SHA256', Buffer.from(input), privateKey)
  return `${input}.${signature.toString('base64url')}`
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signing runs in libuv's threads; a batch keeps them busy without 100,000 promises at once. */
const inBatches = async (
  count: number,
  make: () => Promise<string>,
): Promise<readonly string[]> => {
  const made: string[] = []
  while (made.length < count) {
    const size = Math.min(64, count - made.length)
    made.push(...(await Promise.all(Array.from({ length: size }, make))))
  }
  return made
}

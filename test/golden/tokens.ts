// The tokens of the golden table, by name: each good but for what its name says.
import { createKey, signToken, type KeyServer } from '../helpers/key-server.ts'

/** The issuer whose keys cannot be had: nothing listens on the discard port. */
export const offlineIssuer = 'http://127.0.0.1:9/offline'

/** Longer than any gate of the table takes. */
export const maxTokenBytes = 2048

/** Whom the gates' deny list names. */
export const revokedSubject = 'revoked'

const hour = 3600

/** Makes one of each, signed by the issuer's key, from the time given in seconds since the epoch. */
export const createTokens = (issuer: KeyServer, nowSeconds: number) => {
  const common = { sub: 'jane', iss: issuer.issuer, iat: nowSeconds, exp: nowSeconds + hour }
  const id = { ...common, aud: 'app', token_use: 'id' }
  const access = { ...common, client_id: 'app', token_use: 'access', scope: 'orders/write' }
  const partner = { ...common, aud: 'orders', scope: 'orders/write' }
  const sign = issuer.sign
  const forge = (payload: unknown) =>
    signToken(createKey('RS256', issuer.key().kid), payload, { alg: 'RS256' })
  return {
    id: sign(id),
    idExpired: sign({ ...id, exp: nowSeconds - 1 }),
    idOfOtherIssuer: sign({ ...id, iss: `${issuer.issuer}/other` }),
    idOfOtherClient: sign({ ...id, aud: 'other' }),
    idNotYetValid: sign({ ...id, nbf: nowSeconds + hour }),
    idRevoked: sign({ ...id, sub: revokedSubject }),
    idOld: sign({ ...id, iat: nowSeconds - hour }),
    idForged: forge(id),
    idUnknownKey: sign(id, { kid: 'unknown' }),
    idOtherAlgorithm: sign(id, { alg: 'HS256' }),
    idTooLarge: sign({ ...id, padding: 'x'.repeat(maxTokenBytes) }),
    idOffline: sign({ ...id, iss: offlineIssuer }),
    idOfTenant: sign({ ...id, 'custom:tenant': 'acme' }),
    partnerOfTenant: sign({ ...partner, tenant: 'acme' }),
    access: sign(access),
    partner: sign(partner),
    partnerExpired: sign({ ...partner, exp: nowSeconds - 1 }),
    partnerOfOtherIssuer: sign({ ...partner, iss: `${issuer.issuer}/other` }),
    partnerOfOtherAudience: sign({ ...partner, aud: 'other' }),
    partnerNotYetValid: sign({ ...partner, nbf: nowSeconds + hour }),
    partnerForged: forge(partner),
    partnerUnknownKey: sign(partner, { kid: 'unknown' }),
    partnerOtherAlgorithm: sign(partner, { alg: 'HS256' }),
    partnerTooLarge: sign({ ...partner, padding: 'x'.repeat(maxTokenBytes) }),
    partnerRevoked: sign({ ...partner, sub: revokedSubject }),
    notAToken: 'not-a-token',
  } as const
}

export type Tokens = ReturnType<typeof createTokens>
export type TokenName = keyof Tokens

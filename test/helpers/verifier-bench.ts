// A verifier on a real key store over real HTTP, with time turned by hand.
import type { Test } from 'tap'
import type { Logger } from '../../src/core/ports.ts'
import type { AuthorizerSettings, JwksSettings } from '../../src/core/settings.ts'
import { createTokenCache } from '../../src/token/cache.ts'
import { createKeyLoader } from '../../src/token/key-source.ts'
import { createKeyStore } from '../../src/token/keys.ts'
import { createVerifier, type VerifierOptions } from '../../src/token/verify.ts'
import { issuerWithKeysAt, jwksSettings, jwtAuthorizer } from './authorizer-settings.ts'
import { createKeyServer, type KeyServer } from './key-server.ts'
import { createManualTime } from './manual-time.ts'

const quiet = (): undefined => undefined
const log: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet }

export interface Issuer {
  readonly issuer: string
  readonly jwksUri: string
}

/** Makes a store, a cache and verifiers over them; the keys of all issuers have been asked for. */
export const createVerifierBench = async (
  issuers: readonly Issuer[],
  changes: { readonly jwks?: Partial<JwksSettings>; readonly maxBytes?: number } = {},
) => {
  const time = createManualTime()
  const counts = { hits: 0, misses: 0, verified: [] as string[] }
  const jwks = { ...jwksSettings, ...changes.jwks }
  const settings = issuers.map(({ issuer, jwksUri }) => issuerWithKeysAt(issuer, jwksUri))
  const keys = createKeyStore({
    issuers: settings,
    jwks,
    load: createKeyLoader(jwks),
    clock: time.clock,
    recorder: { keysFetched: quiet },
    log,
    random: () => 0,
    schedule: time.schedule,
  })
  const cache = createTokenCache({
    maxBytes: changes.maxBytes ?? 10_000_000,
    clock: time.clock,
    recorder: { tokenCacheEvicted: quiet },
  })
  const verifier = (authorizer: AuthorizerSettings, more: Partial<VerifierOptions> = {}) =>
    createVerifier({
      authorizer: authorizer.issuers.length > 0 ? authorizer : { ...authorizer, issuers: settings },
      keys,
      cache,
      clock: time.clock,
      recorder: {
        tokenVerified: (name) => void counts.verified.push(name),
        tokenCacheLookup: (result) => void (counts[result === 'hit' ? 'hits' : 'misses'] += 1),
      },
      render: (claims) => ['X-Claim-Sub', String(claims['sub'])],
      ...more,
    })
  keys.start()
  await Promise.all(issuers.map(({ issuer }) => keys.refetch(issuer)))
  const nowSeconds = () => time.clock.wallMs() / 1000
  return { time, counts, keys, cache, verifier, nowSeconds }
}

/** A bench with one issuer and the verifier of a JWT authorizer, closed when the test ends. */
export const createPartnerBench = async (t: Test) => {
  const server = await createKeyServer()
  const bench = await createVerifierBench([server])
  t.teardown(async () => {
    bench.keys.stop()
    await server.close()
  })
  return { ...bench, server, partner: bench.verifier(jwtAuthorizer()) }
}

/** `exp` an hour after the bench's clock was set. */
export const inOneHour = 1_800_003_600

/** Claims that the partner authorizer takes. */
export const claimsOf = (server: KeyServer, more: object = {}) => ({
  iss: server.issuer,
  sub: 'jane',
  aud: 'orders',
  exp: inOneHour,
  ...more,
})

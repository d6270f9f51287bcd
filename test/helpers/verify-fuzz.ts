// Runs mutated tokens past the gate's verifier and past one on jose, and counts what they say.
import type { Test } from 'tap'
import { isDenial } from '../../src/core/denial.ts'
import { algorithms, type Algorithm } from '../../src/core/settings.ts'
import { judgeToken } from '../../src/token/judge.ts'
import { readToken } from '../../src/token/source.ts'
import { jwtAuthorizer } from './authorizer-settings.ts'
import { createJoseVerifier } from './jose-verifier.ts'
import { createKey, createKeyServer } from './key-server.ts'
import { createSeededRandom } from './seeded-random.ts'
import { createMutations } from './token-mutations.ts'
import { createVerifierBench } from './verifier-bench.ts'

export interface FuzzReport {
  readonly seed: number
  /** Tokens that both accept. */
  readonly accepted: number
  /** The first tokens about which they differ. */
  readonly differences: readonly Difference[]
}

export interface Difference {
  readonly token: string
  readonly gate: string
  readonly jose: boolean
}

export interface FuzzOptions {
  readonly rounds: number
  /** Those of the keys; both verifiers take tokens of all. */
  readonly keyAlgorithms: readonly Algorithm[]
  /** Called after each batch of tokens, with their count so far. */
  readonly onBatch?: (done: number) => void
}

const source = { in: 'header', name: 'authorization' } as const

const batchSize = 100

/** A key of each algorithm asked for; a small cache, so that tokens are found in it and pushed out of it. */
export const fuzzVerifiers = async (t: Test, options: FuzzOptions): Promise<FuzzReport> => {
  const random = createSeededRandom()
  t.comment(`FUZZ_SEED=${random.seed}`)
  const keys = options.keyAlgorithms.map((alg) => createKey(alg, alg))
  const server = await createKeyServer(keys[0])
  keys.slice(1).forEach((key) => server.addKey(key))
  const bench = await createVerifierBench([server], {
    jwks: { unknownKidCooldownSeconds: 3600 },
    maxBytes: 200_000,
  })
  t.teardown(server.close)
  t.teardown(bench.keys.stop)
  const authorizer = jwtAuthorizer({ algorithms })
  const { verify } = bench.verifier(authorizer)
  const nowSeconds = bench.nowSeconds()
  const { issuer } = server
  const rules = { issuer, audience: 'orders', algorithms, keys, nowSeconds }
  const joseAccepts = await createJoseVerifier(rules)
  const claims = { iss: issuer, sub: 'jane', aud: 'orders', exp: nowSeconds + 3600 }
  const { next } = createMutations({ random, keys, claims, nowSeconds })

  const gateSays = async (token: string): Promise<string> => {
    const read = readToken({ rawHeaders: ['Authorization', token], query: '' }, source, 16_384)
    const identity = isDenial(read) ? read : await verify(read)
    if (isDenial(identity)) return identity.code
    return judgeToken(identity, authorizer, { scopes: [] }, nowSeconds)?.code ?? 'accepted'
  }

  const differences: Difference[] = []
  let accepted = 0
  for (let done = 0; done < options.rounds && differences.length < 5; done += batchSize) {
    const tokens = Array.from({ length: batchSize }, next)
    const verdicts = await Promise.all(
      tokens.map(async (token) => ({
        token,
        gate: await gateSays(token),
        jose: await joseAccepts(token),
      })),
    )
    differences.push(
      ...verdicts.filter(({ gate, jose }) => gate === 'internal' || (gate === 'accepted') !== jose),
    )
    accepted += verdicts.filter(({ gate, jose }) => gate === 'accepted' && jose).length
    options.onBatch?.(done + batchSize)
  }
  return { seed: random.seed, accepted, differences }
}

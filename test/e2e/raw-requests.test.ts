// 100,000 generated raw requests through the built gate: none reaches the upstream with a path, a framing
// or an identity other than what was sent and authorised. RAW_REQUESTS sends another number.
import t from 'tap'
import { createUserPool } from '../../src/demo/user-pool.ts'
import { checkReport, rawCase, rawSeed } from '../helpers/raw-requests/check.ts'
import { createRawRequests, type OnRequest } from '../helpers/raw-requests/run.ts'
import { createTokens, rawAuthorizer, rawRoutes } from '../helpers/raw-requests/tokens.ts'
import { startStrictUpstream } from '../helpers/strict-upstream.ts'
import { ephemeralListeners, startGate, untilReady } from './helpers/gate.ts'

t.test(
  'none arrives otherwise than it was sent and authorised',
  { timeout: 600_000 },
  async (t) => {
    const requests = Number(process.env['RAW_REQUESTS'] ?? 100_000)
    let answer: OnRequest = () => ''
    const strict = await startStrictUpstream(t, (request) => answer(request), { keep: false })
    const pool = await createUserPool({ poolId: 'eu-west-1_AbCdEf123', clientId: 'app' })
    const stranger = await createUserPool({ poolId: 'eu-west-1_Stranger1', clientId: 'app' })
    t.teardown(() => Promise.all([pool.close(), stranger.close()]))
    const gate = await startGate(t, {
      config: `${ephemeralListeners}
upstream: { url: 'http://127.0.0.1:${strict.port}' }
log: { requests: none }
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [${pool.poolId}], issuer: '${pool.issuer}', ${rawAuthorizer} }
${rawRoutes}`,
    })
    await untilReady(gate)
    const seed = rawSeed()
    const raw = createRawRequests(seed, createTokens(pool, stranger))
    answer = raw.onRequest
    const report = await raw.run({
      port: Number(new URL(gate.url).port),
      requests,
      only: rawCase(),
    })
    checkReport(t, report, { seed, requests, upstreamFaults: strict.faults })
    t.strictSame(gate.program.stderr(), '', 'nothing went wrong in the process')
  },
)

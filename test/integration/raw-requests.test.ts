// A few thousand generated raw requests (test/helpers/raw-requests) through the gate; end to end they
// are 100,000, through the built one.
import t from 'tap'
import { createUserPool } from '../../src/demo/user-pool.ts'
import { startGate } from '../helpers/gate.ts'
import { checkReport, rawCase, rawSeed } from '../helpers/raw-requests/check.ts'
import { createRawRequests, type OnRequest } from '../helpers/raw-requests/run.ts'
import { createTokens, rawAuthorizer, rawRoutes } from '../helpers/raw-requests/tokens.ts'
import { startStrictUpstream } from '../helpers/strict-upstream.ts'

t.test(
  'none arrives otherwise than it was sent and authorised',
  { timeout: 600_000 },
  async (t) => {
    const requests = Number(process.env['RAW_REQUESTS'] ?? 2500)
    let answer: OnRequest = () => ''
    const strict = await startStrictUpstream(t, (request) => answer(request), { keep: false })
    const options = { upstreamPort: strict.port, authorizer: rawAuthorizer }
    const gate = await startGate(t, rawRoutes, () => undefined, options)
    const stranger = await createUserPool({ poolId: 'eu-west-1_Stranger1', clientId: 'app' })
    t.teardown(() => stranger.close())
    const seed = rawSeed()
    const raw = createRawRequests(seed, createTokens(gate.pool, stranger))
    answer = raw.onRequest
    const report = await raw.run({ port: gate.port, requests, only: rawCase() })
    checkReport(t, report, { seed, requests, upstreamFaults: strict.faults })
  },
)

// What a system adds to a request's time, at a fixed rate that it can easily bear: percentiles through it
// minus the same percentiles without it, from runs in turn.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir } from '../e2e/helpers/temp-dir.ts'
import type { Benchmark, Effort } from './benchmark.ts'
import { runOwnProgram } from './child-program.ts'
import { canTakePart, contenders, startContender, warmUp, type Contender } from './contenders.ts'
import { latencyResult, type LatencySystem } from './latency-result.ts'
import { prepareLoad, protectedPath, publicPath } from './loads.ts'
import type { RateLoad, RateReport } from './programs/send-at-rate.ts'
import { requireTools } from './requirements.ts'
import { withScope } from './scope.ts'
import { createSender } from './sender.ts'
import type { Surroundings, System } from './systems/system.ts'
import { createIssuer } from './tokens.ts'
import { startUpstream } from './upstream.ts'

/** Requests per second of a full run. */
const fullRate = 2000
const connections = 64

interface LatencyCase {
  readonly name: string
  readonly title: string
  readonly request: 'warm' | 'new' | 'public' | 'refused'
  /** The gate comes first. */
  readonly through: readonly Contender[]
  /** What p99 may rise by: at all, and beside the second system. Milliseconds. */
  readonly targets?: { readonly added: number; readonly besidePeer: number }
}

const { direct, gate, haproxyJwt, haproxy } = contenders

const cases: readonly LatencyCase[] = [
  {
    name: 'latency-warm-token',
    title: 'latency at 2,000 requests/s, warm token',
    request: 'warm',
    through: [gate, haproxyJwt],
    targets: { added: 1, besidePeer: 0.5 },
  },
  {
    name: 'latency-new-tokens',
    title: 'latency at 2,000 requests/s, every token new',
    request: 'new',
    through: [gate, haproxyJwt],
  },
  {
    name: 'latency-public-route',
    title: 'latency at 2,000 requests/s, public route',
    request: 'public',
    through: [gate, haproxy],
  },
  {
    name: 'latency-no-token',
    title: 'latency at 2,000 requests/s, refusal',
    request: 'refused',
    through: [gate, haproxyJwt],
  },
]

interface Taking {
  readonly contender: Contender
  readonly system: System
  readonly runs: RateReport[]
}

const run = (wanted: LatencyCase, effort: Effort): Promise<readonly LatencySystem[]> => {
  requireTools()
  return withScope(async (scope) => {
    const issuer = createIssuer()
    const pace: Pace = { rate: Math.ceil(fullRate * effort.share), seconds: effort.seconds }
    const { port: upstreamPort } = await startUpstream(scope)
    const surroundings = { scope, upstreamPort, issuer }
    const warm = await prepareLoad(scope, issuer, loadsOf[wanted.request])
    const taking: Taking[] = []
    for (const contender of [direct, ...wanted.through].filter(canTakePart)) {
      const system = await startContender(contender, surroundings)
      const { send } = createSender(system.url, warm, connections)
      if (contender !== direct) await warmUp(system, effort.warmUpSeconds, () => send(1))
      taking.push({ contender, system, runs: [] })
    }
    for (let round = 1; round <= effort.rounds; round += 1) {
      const requestsFile = await writeRequests(surroundings, wanted, pace)
      for (const { contender, system, runs } of taking) {
        const report = await sendAtRate(system, requestsFile, pace)
        requireStatus(
          contender.name,
          report,
          wanted.request === 'refused' && contender !== direct ? '401' : '200',
        )
        runs.push(report)
        console.log(
          `  ${wanted.name} ${round}/${effort.rounds} ${contender.name}: ` +
            `p50 ${report.p50Ms.toFixed(2)}, p99 ${report.p99Ms.toFixed(2)}, p99.9 ${report.p999Ms.toFixed(2)} ms`,
        )
      }
    }
    return taking.map(({ contender, runs }) => ({ name: contender.name, runs }))
  })
}

const loadsOf = {
  warm: { kind: 'token', token: 'good' },
  // More than the default cache holds: each is verified.
  new: { kind: 'tokens', count: 20_000 },
  public: { kind: 'public' },
  refused: { kind: 'token', token: 'none' },
} as const

/** Requests per second, and for how long. */
type Pace = Pick<RateLoad, 'rate' | 'seconds'>

/** Writes the round's requests: each with a token of its own when every token is to be new. */
const writeRequests = async (
  { scope, issuer }: Pick<Surroundings, 'scope' | 'issuer'>,
  { request }: LatencyCase,
  { rate, seconds }: Pace,
): Promise<string> => {
  const tokens = { warm: 1, new: rate * seconds, public: 0, refused: 0 }[request]
  const authorizations = (await issuer.goodTokens(tokens)).map(
    (token) => `Authorization: Bearer ${token}\r\n`,
  )
  const path = request === 'public' ? publicPath : protectedPath
  const heads = (authorizations.length > 0 ? authorizations : ['']).map(
    (authorization) => `GET ${path} HTTP/1.1\r\nHost: bench\r\n${authorization}\r\n`,
  )
  const file = join(tempDir(scope), 'requests')
  writeFileSync(file, JSON.stringify(heads))
  return file
}

const sendAtRate = async (
  { url }: System,
  requestsFile: string,
  pace: Pace,
): Promise<RateReport> => {
  const load: RateLoad = { port: Number(new URL(url).port), requestsFile, connections, ...pace }
  return (await runOwnProgram('send-at-rate', load)) as RateReport
}

/** Throws when a timed answer was another than it should be. */
const requireStatus = (name: string, { statuses, requests }: RateReport, status: string): void => {
  if (statuses[status] === requests) return
  const got = JSON.stringify(statuses)
  throw new Error(`${name}: answers by status: ${got} instead of ${requests} of ${status}`)
}

export const latencyBenchmarks: readonly Benchmark[] = cases.map((each) => ({
  name: each.name,
  title: each.title,
  run: async (effort) => latencyResult(each.targets, await run(each, effort)),
}))

// Runs a comparison: every system started and checked, then all of them in turn, again and again, so
// that what the machine does meanwhile meets all of them; then ratios of medians.
import type { Effort } from './benchmark.ts'
import { cacheLookups, hitShare } from './cache-hits.ts'
import { canTakePart, startContender, warmUp, type Contender } from './contenders.ts'
import type { Comparison } from './comparisons.ts'
import { prepareLoad } from './loads.ts'
import { groupResidentBytes, timed } from './process-time.ts'
import { requireTools } from './requirements.ts'
import { withScope } from './scope.ts'
import { createSender, type Sender } from './sender.ts'
import { median, ratioOfMedians, spread } from './statistics.ts'
import type { System } from './systems/system.ts'
import { createIssuer } from './tokens.ts'
import { startUpstream } from './upstream.ts'

/** Few where each request is long: those that a run's end cuts cost time, and are not counted. */
const connectionsFor = ({ load }: Comparison): number =>
  'size' in load && load.size === '10m' ? 4 : 32

/** One run of one system. */
export interface Run {
  readonly microsecondsPerRequest: number
  readonly requestsPerSecond: number
  /** Of the token cache's lookups, those that found the token; only of the gate. */
  readonly hitShare?: number
  /** Of the time that its processor worked, what others had: noise. */
  readonly othersShare: number
}

export interface SystemReport {
  readonly name: string
  readonly runs: readonly Run[]
  /** Medians of the runs. */
  readonly microsecondsPerRequest: number
  readonly requestsPerSecond: number
  /** Largest minus smallest processor time, as a part of the median. */
  readonly spread: number
  readonly residentBytes: number
}

export interface PeerReport extends SystemReport {
  /** The subject's median processor time per request divided by this one's. */
  readonly ratio: number
  readonly target?: number
}

export interface ComparisonReport {
  readonly subject: SystemReport
  readonly peers: readonly PeerReport[]
}

/** A system that takes part, and what was found so far. */
export interface Started {
  readonly contender: Contender
  readonly system: System
  readonly runs: Run[]
}

/** Throws when a tool is missing, an answer is wrong, or a timed answer is not what it should be. */
export const compare = (comparison: Comparison, effort: Effort): Promise<ComparisonReport> => {
  requireTools()
  return withScope(async (scope) => {
    const issuer = createIssuer()
    const { port: upstreamPort } = await startUpstream(scope)
    const requests = await prepareLoad(scope, issuer, comparison.load)
    const all = [comparison.subject, ...comparison.peers.map(({ contender }) => contender)]
    const started: Sending[] = []
    for (const contender of all.filter(canTakePart)) {
      const system = await startContender(contender, { scope, upstreamPort, issuer })
      const sender = createSender(system.url, requests, connectionsFor(comparison))
      started.push({ contender, system, sender, runs: [] })
    }
    await runRounds({ comparison, effort }, started)
    return reportOf(comparison, started)
  })
}

interface Sending extends Started {
  readonly sender: Sender
}

interface Plan {
  readonly comparison: Comparison
  readonly effort: Effort
}

const runRounds = async (plan: Plan, started: readonly Sending[]): Promise<void> => {
  for (let round = 1; round <= plan.effort.rounds; round += 1) {
    for (const each of started) {
      const run = await measure(plan, each)
      each.runs.push(run)
      console.log(
        `  ${plan.comparison.name} ${round}/${plan.effort.rounds} ${each.contender.name}: ` +
          `${run.microsecondsPerRequest.toFixed(1)} µs, ${Math.round(run.requestsPerSecond)} requests/s`,
      )
    }
  }
}

const measure = async (
  { comparison, effort }: Plan,
  { contender, system, sender }: Sending,
): Promise<Run> => {
  await warmUp(system, effort.warmUpSeconds, () => sender.send(1))
  if (comparison.cache === 'holds') await sendEachToken(comparison, sender)
  const lookups = await cacheLookups(system)
  const { result: report, ...time } = await timed(system, () => sender.send(effort.seconds))
  // A connection that wrk cuts at its end counts as no request.
  if (report.refused !== (comparison.refused ? report.requests : 0)) {
    throw new Error(
      `${contender.name}: ${report.refused} refusals in ${report.requests} ${comparison.name} requests`,
    )
  }
  if (report.requests === 0) {
    throw new Error(
      `${contender.name}: no ${comparison.name} request was over in ${report.seconds} s`,
    )
  }
  if (report.socketErrors > 0) throw new Error(`${contender.name}: connections failed`)
  return {
    microsecondsPerRequest: time.microseconds / report.requests,
    requestsPerSecond: report.requests / report.seconds,
    othersShare: time.othersShare,
    ...hitShare(lookups, await cacheLookups(system)),
  }
}

/** Goes on until every token has been there, or the cache could not hold it yet. */
const sendEachToken = async ({ load }: Comparison, sender: Sender): Promise<void> => {
  while (load.kind === 'tokens' && sender.sent() < 1.1 * load.count) await sender.send(1)
}

/** Medians and ratios of what was found; the subject comes first. */
export const reportOf = (
  comparison: Pick<Comparison, 'peers'>,
  started: readonly Started[],
): ComparisonReport => {
  const [first, ...others] = started
  if (first === undefined) throw new Error('nothing was compared')
  const costs = ({ runs }: Started): readonly number[] =>
    runs.map((run) => run.microsecondsPerRequest)
  const targetOf = (contender: Contender) =>
    comparison.peers.find((peer) => peer.contender === contender)?.target
  return {
    subject: systemReport(first),
    peers: others.map((other) => {
      const target = targetOf(other.contender)
      return {
        ...systemReport(other),
        ratio: ratioOfMedians(costs(first), costs(other)),
        ...(target === undefined ? {} : { target }),
      }
    }),
  }
}

const systemReport = ({ contender, system, runs }: Started): SystemReport => {
  const costs = runs.map((run) => run.microsecondsPerRequest)
  return {
    name: contender.name,
    runs,
    microsecondsPerRequest: median(costs),
    requestsPerSecond: median(runs.map((run) => run.requestsPerSecond)),
    spread: spread(costs),
    residentBytes: groupResidentBytes(system.group),
  }
}

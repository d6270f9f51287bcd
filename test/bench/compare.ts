// Runs a comparison: every system started and checked, then all of them in turn, again and again, so
// that what the machine does meanwhile meets all of them; then ratios of medians.
import { withScope } from './scope.ts'
import type { Comparison, Contender } from './comparisons.ts'
import { prepareLoad, type Requests } from './loads.ts'
import { groupResidentBytes, processorMicroseconds } from './process-time.ts'
import { requireTools } from './requirements.ts'
import { requireRightAnswers, requireTransfers } from './right-answers.ts'
import { median, ratioOfMedians, spread } from './statistics.ts'
import type { System } from './systems/system.ts'
import { createIssuer } from './tokens.ts'
import { startUpstream } from './upstream.ts'
import { runWrk, type WrkOptions } from './wrk.ts'

/** How long and how often; more makes the medians steadier. */
export interface Effort {
  readonly rounds: number
  /** Processor time that a system has before it is first measured: compilers need theirs. */
  readonly warmUpSeconds: number
  readonly seconds: number
  readonly connections: number
}

/** One run of one system. */
export interface Run {
  readonly microsecondsPerRequest: number
  readonly requestsPerSecond: number
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
  readonly target: number | undefined
}

export interface ComparisonReport {
  readonly name: string
  readonly title: string
  readonly subject: SystemReport
  readonly peers: readonly PeerReport[]
}

interface Started {
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
    const started: Started[] = []
    for (const contender of [
      comparison.subject,
      ...comparison.peers.map((peer) => peer.contender),
    ]) {
      const system = await contender.start({ scope, upstreamPort, issuer })
      await requireRightAnswers(contender, system.url, issuer)
      if (contender.does !== 'refuses' && system.adminUrl !== undefined) {
        await requireTransfers(contender.name, system.url)
      }
      started.push({ contender, system, runs: [] })
    }
    await runRounds({ comparison, effort, requests }, started)
    return reportOf(comparison, started)
  })
}

interface Plan {
  readonly comparison: Comparison
  readonly effort: Effort
  readonly requests: Requests
}

const runRounds = async (plan: Plan, started: readonly Started[]): Promise<void> => {
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
  { comparison, effort, requests }: Plan,
  { contender, system }: Started,
): Promise<Run> => {
  const { path, ...what } = requests
  const { connections, seconds } = effort
  const load = { url: `${system.url}${path}`, connections, seconds, ...what }
  await warmUp(load, system, effort.warmUpSeconds)
  const before = processorMicroseconds(system.group)
  const report = await runWrk(load)
  const used = processorMicroseconds(system.group) - before
  // A connection that wrk cuts at its end counts as no request.
  if (report.refused !== (comparison.refused ? report.requests : 0)) {
    throw new Error(
      `${contender.name}: ${report.refused} refusals in ${report.requests} ${comparison.name} requests`,
    )
  }
  if (report.socketErrors > 0) throw new Error(`${contender.name}: connections failed`)
  return {
    microsecondsPerRequest: used / report.requests,
    requestsPerSecond: report.requests / report.seconds,
  }
}

/**
 * Sends load until the system has had its time: seconds of its own and not of the clock, since a busy
 * machine gives it less of them. Afterwards one short run brings it back into the caches.
 */
const warmUp = async (load: WrkOptions, system: System, seconds: number): Promise<void> => {
  const giveUpMs = Date.now() + 20_000 * seconds
  do {
    await runWrk({ ...load, seconds: 1 })
  } while (processorMicroseconds(system.group) < seconds * 1e6 && Date.now() < giveUpMs)
}

const reportOf = (comparison: Comparison, started: readonly Started[]): ComparisonReport => {
  const [first, ...others] = started
  if (first === undefined) throw new Error('nothing was compared')
  const costs = ({ runs }: Started): readonly number[] =>
    runs.map((run) => run.microsecondsPerRequest)
  return {
    name: comparison.name,
    title: comparison.title,
    subject: systemReport(first),
    peers: others.map((other, index) => ({
      ...systemReport(other),
      ratio: ratioOfMedians(costs(first), costs(other)),
      target: comparison.peers[index]?.target,
    })),
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

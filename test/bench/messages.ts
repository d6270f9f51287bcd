// WebSocket messages: what one costs, there and back, beside proxies that know nothing of tokens.
import type { Benchmark, Effort, Result } from './benchmark.ts'
import { ownProgram, runOwnProgram } from './child-program.ts'
import { comparisonResult } from './compare-result.ts'
import { reportOf, type Run, type Started } from './compare.ts'
import { canTakePart, contenders, warmUp } from './contenders.ts'
import { timed } from './process-time.ts'
import type { MessageLoad, MessageReport } from './programs/send-messages.ts'
import { requireTools } from './requirements.ts'
import { withScope } from './scope.ts'
import { messagesPath } from './systems/gate.ts'
import type { System } from './systems/system.ts'
import { createIssuer } from './tokens.ts'
import { freePort } from '../e2e/helpers/free-port.ts'
import { startProgram, type Scope } from '../e2e/helpers/program.ts'
import { untilAnswers } from '../e2e/helpers/until-answers.ts'

const connections = 32
/** Bytes of a message: a small one, as applications send. */
const size = 100

const subject = contenders.messageGate
const peers = [{ contender: contenders.nginx }, { contender: contenders.haproxy }]

const run = (effort: Effort): Promise<Result> => {
  requireTools()
  return withScope(async (scope) => {
    const issuer = createIssuer()
    const [token = ''] = await issuer.goodTokens(1)
    const upstreamPort = await startEcho(scope)
    const started: Started[] = []
    for (const contender of [subject, ...peers.map((peer) => peer.contender)].filter(canTakePart)) {
      const system = await contender.start({ scope, upstreamPort, issuer })
      started.push({ contender, system, runs: [] })
    }
    for (const { contender, system } of started) {
      if (contender.does === 'verifies') await requireRefusal(system)
      await warmUp(system, effort.warmUpSeconds, () => send(system, token, 1))
    }
    for (let round = 1; round <= effort.rounds; round += 1) {
      for (const { contender, system, runs } of started) {
        const run = await measure(system, token, effort.seconds)
        runs.push(run)
        console.log(
          `  websocket-messages ${round}/${effort.rounds} ${contender.name}: ` +
            `${run.microsecondsPerRequest.toFixed(1)} µs, ${Math.round(run.requestsPerSecond)} messages/s`,
        )
      }
    }
    return comparisonResult({}, reportOf({ peers }, started))
  })
}

const startEcho = async (scope: Scope): Promise<number> => {
  const port = await freePort()
  const program = startProgram(scope, ...ownProgram('echo-messages', String(port)))
  await untilAnswers(program, `http://127.0.0.1:${port}/`)
  return port
}

const measure = async (system: System, token: string, wanted: number): Promise<Run> => {
  const { result, microseconds, othersShare } = await timed(system, () =>
    send(system, token, wanted),
  )
  const { messages, seconds } = result
  return {
    microsecondsPerRequest: microseconds / messages,
    requestsPerSecond: messages / seconds,
    othersShare,
  }
}

const send = async (
  system: System,
  token: string | undefined,
  seconds: number,
): Promise<MessageReport> => {
  const load: MessageLoad = {
    port: Number(new URL(system.url).port),
    path: messagesPath,
    headers: token === undefined ? [] : [`Authorization: Bearer ${token}`],
    connections,
    seconds,
    size,
  }
  return (await runOwnProgram('send-messages', load)) as MessageReport
}

/** Throws when WebSockets open without a token. */
const requireRefusal = async (system: System): Promise<void> => {
  const refusal = await send(system, undefined, 1).catch((error: unknown) => String(error))
  if (typeof refusal === 'string' && refusal.includes('HTTP/1.1 401 ')) return
  throw new Error(`a WebSocket without a token: ${JSON.stringify(refusal)}`)
}

export const messagesBenchmark: Benchmark = {
  name: 'websocket-messages',
  title: 'WebSocket messages, there and back',
  run,
}

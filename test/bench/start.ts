// From exec to ready: how long until a gate with a local key set answers /readyz with 200, and what is
// resident then. On one processor, as small containers have it, by each Node.js that is asked for.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../e2e/helpers/free-port.ts'
import { gateMain, imageFlags } from '../e2e/helpers/gate.ts'
import { startProgram } from '../e2e/helpers/program.ts'
import { tempDir } from '../e2e/helpers/temp-dir.ts'
import type { Benchmark, Effort, Result } from './benchmark.ts'
import type { Finding } from './findings.ts'
import { measuredProcessor, pinned } from './processors.ts'
import { processorMicroseconds } from './process-time.ts'
import { mebibyte, residentBytes } from './resident-memory.ts'
import { withScope } from './scope.ts'
import { median } from './statistics.ts'
import { gateConfiguration } from './systems/gate.ts'
import { createIssuer, type Issuer } from './tokens.ts'

/** From exec to ready, at the most. */
const targetMs = 400

/** One start is short, so there are more of them than rounds. */
const startsPerRound = 4

export interface Start {
  readonly readyMs: number
  readonly processorMs: number
  /** When it was ready. */
  readonly residentBytes: number
}

interface NodeStarts {
  /** `v20.20.2`. */
  readonly version: string
  readonly starts: Start[]
}

const run = async (effort: Effort): Promise<Result> => {
  const issuer = createIssuer()
  const nodes = [process.execPath, ...effort.nodes].map((path) => ({
    path,
    version: execFileSync(path, ['--version'], { encoding: 'utf8' }).trim(),
    starts: [] as Start[],
  }))
  // The first of each brings the program from the disk, and is not counted.
  for (const { path } of nodes) await start(path, issuer)
  for (let round = 1; round <= effort.rounds; round += 1) {
    for (const { path, version, starts } of nodes) {
      for (let count = 0; count < startsPerRound; count += 1) starts.push(await start(path, issuer))
      const times = starts.slice(-startsPerRound).map(({ readyMs }) => readyMs.toFixed(0))
      console.log(`  start ${round}/${effort.rounds} ${version}: ${times.join(', ')} ms`)
    }
  }
  return startResult(nodes.map(({ version, starts }) => ({ version, starts })))
}

const startResult = (nodes: readonly NodeStarts[]): Result => {
  const medians = nodes.map(({ version, starts }) => ({
    version,
    readyMs: median(starts.map(({ readyMs }) => readyMs)),
    slowestMs: Math.max(...starts.map(({ readyMs }) => readyMs)),
    processorMs: median(starts.map(({ processorMs }) => processorMs)),
    residentMib: median(starts.map(({ residentBytes }) => residentBytes)) / mebibyte,
  }))
  return {
    rows: medians.map(({ version, readyMs, slowestMs, processorMs, residentMib }) => ({
      'Node.js': version,
      'ready after ms': Math.round(readyMs),
      'slowest ms': Math.round(slowestMs),
      'processor ms': Math.round(processorMs),
      'resident MiB': Math.round(residentMib * 10) / 10,
    })),
    findings: medians.flatMap(({ version, readyMs, residentMib }): readonly Finding[] => [
      { what: `exec to ready, Node.js ${version}`, value: readyMs, unit: 'ms', target: targetMs },
      { what: `resident when ready, Node.js ${version}`, value: residentMib, unit: 'MiB' },
    ]),
    problems: [],
    report: { nodes },
  }
}

const start = (node: string, issuer: Issuer): Promise<Start> =>
  withScope(async (scope) => {
    const file = join(tempDir(scope), 'gate.yaml')
    const [upstreamPort, adminPort] = [await freePort(), await freePort()]
    const config = gateConfiguration({ scope, upstreamPort, issuer })
    writeFileSync(
      file,
      config.replace(/^admin: .*$/m, `admin: { host: 127.0.0.1, port: ${adminPort} }`),
    )
    const args = [...imageFlags(), gateMain, 'serve', '--config', file]
    const startedMs = performance.now()
    const program = startProgram(scope, ...pinned(measuredProcessor, node, args))
    while (!(await isReady(adminPort))) {
      if (performance.now() > startedMs + 20_000) {
        throw new Error(`not ready with ${node}: ${program.stdout()}${program.stderr()}`)
      }
      await sleep(2)
    }
    return {
      readyMs: performance.now() - startedMs,
      processorMs: processorMicroseconds(program.pid) / 1000,
      residentBytes: residentBytes(program.pid),
    }
  })

/** Asks by hand: `fetch` would make the benchmark itself part of what is measured. */
const isReady = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.write('GET /readyz HTTP/1.1\r\nHost: gate\r\nConnection: close\r\n\r\n'),
    )
    socket.once('data', (data: Buffer) => {
      resolve(data.toString('latin1').startsWith('HTTP/1.1 200 '))
      socket.destroy()
    })
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })

export const startBenchmark: Benchmark = {
  name: 'start',
  title: 'start to ready, local key set',
  run,
}

// A soak: for as long as one likes, all kinds of traffic at once through one gate, while its service is
// killed and started anew and its issuer changes keys. What is asked of it: no wrong answer, and
// afterwards as many sockets and as much memory as before.
import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  ephemeralListeners,
  imageFlags,
  startGate,
  untilReady,
  type Gate,
} from '../e2e/helpers/gate.ts'
import { startIdentified } from '../e2e/helpers/identified.ts'
import { scrape, sumOf } from '../e2e/helpers/metrics.ts'
import type { Scope } from '../e2e/helpers/program.ts'
import { countSockets } from '../e2e/helpers/websocket-gate.ts'
import { createKey, createKeyServer } from '../helpers/key-server.ts'
import { createSeededRandom } from '../helpers/seeded-random.ts'
import { residentBytes } from './resident-memory.ts'
import { createSoakTokens, kinds, type Traffic } from './soak-traffic.ts'

export interface SoakOptions {
  readonly seconds: number
  readonly connections: number
}

export interface SoakReport {
  readonly seed: number
  /** By kind: how many came whole, refused, broken, cut. */
  readonly outcomes: ReadonlyMap<string, Readonly<Record<string, number>>>
  readonly restarts: number
  readonly rotations: number
  /** Wrong answers, lines of level error, words on stderr, books that do not close. */
  readonly wrong: readonly string[]
  readonly start: Level
  readonly end: Level
}

/** What the gate holds while next to nothing is asked of it. */
export interface Level {
  readonly sockets: number
  /** Of the heap in use, the least that was seen. */
  readonly heapBytes: number
  readonly residentBytes: number
}

/** The bound: the heap at the end as a multiple of that at the start, which has seen all kinds. */
export const soakHeapGrowth = 1.3

const maxWrong = 20

export const measureSoak = async (
  scope: Scope,
  { seconds, connections }: SoakOptions,
): Promise<SoakReport> => {
  const newKey = () => createKey('ES256')
  const server = await createKeyServer(newKey())
  scope.teardown(server.close)
  const service = await startIdentified(scope)
  const config = configuration(service.url, server)
  const gate = await startGate(scope, { config, flags: imageFlags() })
  await untilReady(gate)
  const tokens = createSoakTokens(server, newKey)
  const random = createSeededRandom()
  const outcomes = new Map(Object.keys(kinds).map((kind) => [kind, {}]))
  const wrong: string[] = []

  /** All clients, for so long. */
  const load = async (ms: number, count: typeof outcomes): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: connections })
    const traffic: Traffic = { url: gate.url, agent, random, tokens }
    const end = performance.now() + ms
    const work = async (): Promise<void> => {
      while (performance.now() < end && wrong.length < maxWrong) {
        const kind = random.pick(mixture)
        try {
          const outcome = await kinds[kind]!(traffic)
          add(count.get(kind), outcome)
          if (outcome === 'broken') await sleep(20)
        } catch (error) {
          wrong.push(`${kind}: ${(error as Error).message}`)
        }
      }
    }
    await Promise.all(Array.from({ length: connections }, work))
    agent.destroy()
  }
  const every = async (ms: number, until: number, work: () => Promise<void>): Promise<number> => {
    let count = 0
    for (; performance.now() + ms < until; count += 1) {
      await sleep(ms)
      await work()
    }
    return count
  }

  await load(warmUpMs, new Map())
  const start = await settle(gate, tokens.warm)
  const until = performance.now() + seconds * 1000
  const [restarts, rotations] = await Promise.all([
    every(5000, until, service.replace),
    every(7000, until, async () => tokens.rotate()),
    load(seconds * 1000, outcomes),
  ])
  const end = await settle(gate, tokens.warm)
  wrong.push(...(await booksOf(gate)))
  return { seed: random.seed, outcomes, restarts, rotations, wrong, start, end }
}

/** Most of it is what a gate has to do all day. */
const mixture = [
  ...['warm', 'warm', 'warm', 'warm', 'warm', 'warm', 'cold', 'cold', 'refused', 'refused'],
  ...['slow', 'faulted', 'aborted', 'upgraded'],
]

const warmUpMs = 8000

// The cache is full early, so that what it holds is in the start's level.
const configuration = (
  upstream: string,
  { issuer, jwksUri }: { readonly issuer: string; readonly jwksUri: string },
): string => `${ephemeralListeners}
upstream: { url: '${upstream}', connectTimeoutMs: 2000 }
log: { requests: none }
tokenCache: { maxBytes: 262144 }
jwks: { refreshSeconds: 2 }
authorizers:
  pool:
    type: JWT
    jwtConfiguration: { issuer: '${issuer}', audience: [soak] }
    jwksUri: '${jwksUri}'
    algorithms: [ES256]
routes: [{ path: '/protected/{proxy+}', method: ANY, authorizer: pool }]
`

const add = (counts: Record<string, number> | undefined, outcome: string): void => {
  if (counts !== undefined) counts[outcome] = (counts[outcome] ?? 0) + 1
}

/** Waits for the upstream's idle connections to go, while a few requests keep the collector at work. */
const settle = async (gate: Gate, warm: () => { readonly token: string }): Promise<Level> => {
  let [sockets, heapBytes] = [Infinity, Infinity]
  const until = performance.now() + settleMs
  while (performance.now() < until) {
    for (let count = 0; count < 50; count += 1) {
      const headers = { authorization: `Bearer ${warm().token}`, connection: 'close' }
      await (await fetch(`${gate.url}/protected/x?id=settle&size=9`, { headers })).arrayBuffer()
    }
    const samples = await scrape(gate.adminUrl)
    const heap = samples.find(({ name }) => name === 'nodejs_heap_size_used_bytes')
    heapBytes = Math.min(heapBytes, heap?.value ?? NaN)
    sockets = Math.min(sockets, countSockets(gate.pid))
  }
  return { sockets, heapBytes, residentBytes: residentBytes(gate.pid) }
}

const settleMs = 8000

const booksOf = async (gate: Gate): Promise<readonly string[]> => {
  const samples = await scrape(gate.adminUrl)
  const errors = gate.log().filter(({ level }) => level === 'error' || level === 50)
  return [
    ...errors.map((line) => JSON.stringify(line)),
    ...(gate.program.stderr() === '' ? [] : [gate.program.stderr()]),
    ...['requests_in_flight', 'websockets_active']
      .filter((name) => sumOf(samples, name) !== 0)
      .map((name) => `${name} is ${sumOf(samples, name)}`),
  ]
}

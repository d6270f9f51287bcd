// The systems that can take part in a comparison, and how they come to it: started, checked, warm.
import { processorMicroseconds } from './process-time.ts'
import { explainMissing, needsOf, type Requirement } from './requirements.ts'
import { requireRightAnswers, requireTransfers } from './right-answers.ts'
import { startApacheOauth2, startApacheOpenidc } from './systems/apache.ts'
import { startBareNode } from './systems/bare-node.ts'
import { startBareProxy } from './systems/bare-proxy.ts'
import { startGateSystem, startLargeGate, startMessageGate } from './systems/gate.ts'
import { startHaproxyJwt, startPlainHaproxy } from './systems/haproxy.ts'
import { startPlainNginx } from './systems/nginx.ts'
import type { StartSystem, Surroundings, System } from './systems/system.ts'

/** A system that can take part, and what it must do with requests to be in it rightly. */
export interface Contender {
  readonly name: string
  readonly start: StartSystem
  /** `verifies` tokens, `passes` everything on, or `refuses` everything. */
  readonly does: 'verifies' | 'passes' | 'refuses'
  /** What it needs of the machine besides what every comparison does. */
  readonly needs: readonly Requirement[]
}

export const contenders = {
  gate: {
    name: 'cognito-gate',
    start: startGateSystem,
    does: 'verifies',
    needs: needsOf.nothing,
  },
  fiveRoutes: {
    name: 'cognito-gate, 5 routes',
    start: startGateSystem,
    does: 'verifies',
    needs: needsOf.nothing,
  },
  largeGate: {
    name: 'cognito-gate, 1,000 routes',
    start: startLargeGate,
    does: 'verifies',
    needs: needsOf.nothing,
  },
  messageGate: {
    name: 'cognito-gate',
    start: startMessageGate,
    does: 'verifies',
    needs: needsOf.nothing,
  },
  haproxyJwt: {
    name: 'HAProxy jwt_verify',
    start: startHaproxyJwt,
    does: 'verifies',
    needs: needsOf.haproxy,
  },
  haproxy: {
    name: 'HAProxy, plain',
    start: startPlainHaproxy,
    does: 'passes',
    needs: needsOf.haproxy,
  },
  nginx: {
    name: 'nginx, plain',
    start: startPlainNginx,
    does: 'passes',
    needs: needsOf.nothing,
  },
  openidc: {
    name: 'Apache mod_auth_openidc',
    start: startApacheOpenidc,
    does: 'verifies',
    needs: needsOf.openidc,
  },
  oauth2: {
    name: 'Apache mod_oauth2',
    start: startApacheOauth2,
    does: 'verifies',
    needs: needsOf.oauth2,
  },
  bareNode: {
    name: 'bare Node.js server',
    start: startBareNode,
    does: 'refuses',
    needs: needsOf.nothing,
  },
  bareProxy: {
    name: 'bare Node.js and undici',
    start: startBareProxy,
    does: 'passes',
    needs: needsOf.nothing,
  },
  /** No system at all: what is there without one. */
  direct: {
    name: 'direct, no proxy',
    start: ({ upstreamPort }: Surroundings) =>
      Promise.resolve({ url: `http://127.0.0.1:${upstreamPort}`, group: 0 }),
    does: 'passes',
    needs: needsOf.nothing,
  },
} as const satisfies Readonly<Record<string, Contender>>

/** Whether it can be started here; says what is missing if it cannot. */
export const canTakePart = ({ name, needs }: Contender): boolean => {
  const missing = explainMissing(needs)
  if (missing.length > 0) console.log(`  ${name} is left out: ${missing.join('; ')}`)
  return missing.length === 0
}

/** Starts it and asks it what it must answer rightly. */
export const startContender = async (
  contender: Contender,
  surroundings: Surroundings,
): Promise<System> => {
  const system = await contender.start(surroundings)
  await requireRightAnswers(contender, system.url, surroundings.issuer)
  if (contender.does !== 'refuses' && system.adminUrl !== undefined) {
    await requireTransfers(contender.name, system.url)
  }
  return system
}

/**
 * Sends load, a second at a time, until the system has had its time: seconds of its own and not of the
 * clock, since a busy machine gives it less of them. The last second brings it back into the caches.
 */
export const warmUp = async (
  system: System,
  seconds: number,
  sendForASecond: () => Promise<unknown>,
): Promise<void> => {
  const giveUpMs = Date.now() + 20_000 * seconds
  do {
    await sendForASecond()
  } while (processorMicroseconds(system.group) < seconds * 1e6 && Date.now() < giveUpMs)
}

// Configurations and what generations are built with, for tests of the gate's parts.
import { createOpenSessions } from '../../src/proxy/websocket-sessions.ts'
import { loadText } from '../../src/config/load.ts'
import type { Logger } from '../../src/core/ports.ts'
import { unwrap } from '../../src/core/result.ts'
import type { Configuration } from '../../src/gate/configuration.ts'
import type { Lasting } from '../../src/gate/generation.ts'
import { createUpstreamLeases } from '../../src/gate/upstreams.ts'
import { systemClock } from '../../src/observe/clock.ts'
import { createMetrics, type Metrics } from '../../src/observe/metrics.ts'
import { compileRoutes } from '../../src/routing/table.ts'
import { createTokenCache } from '../../src/token/cache.ts'
import { metricsOptions } from '../observe/fixtures.ts'

const quiet = (): undefined => undefined
export const silent: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet }

/** A configuration of that text, with a route that forwards nothing. */
export const configurationOf = (
  text: string,
  routes = `[{ path: /mock, method: GET, authorizationType: NONE, mock: { statusCode: 204 } }]`,
): Configuration => {
  const settings = unwrap(
    loadText(`${text}\nroutes: ${routes}\n`, 'the configuration', {
      env: {},
      checkRoutes: () => [],
    }),
  )
  return { settings, table: unwrap(compileRoutes(settings.routes)) }
}

export const lastingParts = (changes: Partial<Lasting> = {}): Lasting => {
  const metrics: Metrics = createMetrics(metricsOptions({ routes: [], authorizers: [] }))
  const isRevoked = () => false
  return {
    log: silent,
    clock: systemClock,
    metrics,
    cache: createTokenCache({ maxBytes: 65_536, clock: systemClock, recorder: metrics }),
    sessions: createOpenSessions(isRevoked),
    lease: createUpstreamLeases(silent),
    isRevoked,
    draining: () => false,
    watch: (log) => log,
    ...changes,
  }
}

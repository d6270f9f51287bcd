// What `decision` must say to be safe, and what of the rest of a configuration an edge proxy does not
// carry out when it asks for decisions only.
import { isIPv6 } from 'node:net'
import { foldHeaderName } from '../core/header-name.ts'
import { describesRequest, speaksForGate } from '../core/header-mapping.ts'
import { isLoopback } from '../core/loopback.ts'
import type { RouteSettings, Settings } from '../core/settings.ts'
import { checkCidrs, checkHost, overlap } from './addresses.ts'
import { itemPath, keyPath, type Report } from './problem.ts'
import { decisionTable } from './schema-decision.ts'
import type { Warning } from './warnings.ts'

/** Reports what would let anybody ask, or nobody, and a port that is taken. */
export const checkDecision = (
  settings: Pick<Settings, 'decision' | 'listen' | 'admin'>,
  report: Report,
): void => {
  const { enabled, host, port, trustedPeers } = settings.decision
  checkHost(host, 'decision.host', report)
  checkCidrs(trustedPeers, 'decision.trustedPeers', report)
  if (!enabled) return
  for (const other of ['listen', 'admin'] as const) {
    if (overlap(settings.decision, settings[other])) {
      report('decision.port', `${port} is taken by ${other}; give the two different ports`)
    }
  }
  if (trustedPeers.length === 0) {
    report('decision.trustedPeers', 'is empty, so no edge proxy could ask')
  } else if (!isThisMachine(host) && isDefault(trustedPeers)) {
    const hint = 'list the addresses of the edge proxies, such as 10.0.3.7/32'
    report('decision.trustedPeers', `must be given when decision.host is ${host}: ${hint}`)
  }
}

const isThisMachine = (host: string): boolean => isLoopback(isIPv6(host) ? `[${host}]` : host)

const isDefault = (cidrs: readonly string[]): boolean =>
  cidrs.join() === decisionTable.trustedPeers.default.join()

/** What is legal, and otherwise at an edge proxy than behind the gate's own listener. */
export const decisionWarnings = (settings: Settings): readonly Warning[] =>
  settings.decision.enabled
    ? [
        ...settings.decision.trustedPeers.flatMap(widePeers),
        ...leftToEdge(settings),
        ...settings.authorizers.flatMap(queryTokens),
        ...settings.routes.flatMap((route) => routeWarnings(route, settings)),
      ]
    : []

/** Prefixes below these hold more machines than anybody has edge proxies. */
const narrowest = { v4: 16, v6: 48 }

const widePeers = (cidr: string, index: number): readonly Warning[] => {
  const bits = Number(cidr.split('/')[1])
  if (bits >= (cidr.includes(':') ? narrowest.v6 : narrowest.v4)) return []
  return [
    {
      path: itemPath('decision.trustedPeers', index),
      message: `${cidr} is wide; whoever is in it may ask for decisions about any request`,
    },
  ]
}

const edgeHas = 'is not done for decisions; the edge proxy has to do it'

const leftToEdge = (settings: Settings): readonly Warning[] => {
  const left: readonly (readonly [path: string, applies: boolean])[] = [
    ['cors', settings.cors !== undefined],
    ['forwardToken', !settings.forwardToken],
    ['stripHeaders', settings.stripHeaders.length > 0],
    ['upstream.headers', settings.upstream.headers.length > 0],
    ['websocket.closeAtExpiry', settings.websocket.closeAtExpiry],
    ['limits.maxBodyBytes', settings.limits.maxBodyBytes > 0],
  ]
  return left.flatMap(([path, applies]) => (applies ? [{ path, message: edgeHas }] : []))
}

const queryTokens = ({
  name,
  identitySource,
}: Settings['authorizers'][number]): readonly Warning[] =>
  identitySource.in === 'query'
    ? [
        {
          path: keyPath(keyPath('authorizers', name), 'identitySource'),
          message: `the service behind an edge proxy sees the token in its query: removing it ${edgeHas}`,
        },
      ]
    : []

const routeWarnings = (route: RouteSettings, { authorizers }: Settings): readonly Warning[] => {
  const path = route.origin
  if (route.mock !== undefined) {
    return [{ path, message: 'a mock answers nothing through an edge proxy; decisions refuse it' }]
  }
  const sources = new Set(
    authorizers.map(({ identitySource: { in: place, name } }) =>
      place === 'header' ? foldHeaderName(name) : '',
    ),
  )
  const left = route.requestParameters.filter(
    (mapping) =>
      !speaksForGate(mapping) ||
      describesRequest(mapping.name) ||
      sources.has(foldHeaderName(mapping.name)),
  )
  return left.map(({ name }) => ({
    path: keyPath(path, 'requestParameters'),
    message: `mapping ${name} ${edgeHas}`,
  }))
}

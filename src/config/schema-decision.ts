// The keys of `decision`: the listener that edge proxies ask through their external authorization.
import type { Table } from './leaf.ts'

export const decisionTable = {
  enabled: {
    doc: 'Whether edge proxies may ask for decisions alone: nginx auth_request, Traefik forwardAuth, Caddy forward_auth, Envoy ext_authz.',
    format: 'flag',
    default: false,
  },
  host: {
    doc: 'Address on which decisions are asked for. One that other machines reach needs trustedPeers of its own.',
    format: 'text',
    default: '127.0.0.1',
  },
  port: {
    doc: 'Port on which decisions are asked for; 0 takes any free one, and the log says which.',
    format: 'whole',
    default: 9191,
    min: 0,
    max: 65535,
  },
  trustedPeers: {
    doc: 'CIDRs of the edge proxies that may ask, such as 10.0.3.7/32: they say what the original request was. All others get 403.',
    format: 'list',
    default: ['127.0.0.1/32', '::1/128'],
  },
} as const satisfies Table

// The comparisons: which request, through which systems, and what the gate may cost beside each. Each
// is a benchmark of its own name. The targets are ratios of processor time per request.
import { startApacheOauth2, startApacheOpenidc } from './systems/apache.ts'
import { startBareNode } from './systems/bare-node.ts'
import { startGateSystem, startLargeGate } from './systems/gate.ts'
import { startHaproxyJwt, startPlainHaproxy } from './systems/haproxy.ts'
import { startPlainNginx } from './systems/nginx.ts'
import type { StartSystem } from './systems/system.ts'
import type { BodySize } from './upstream.ts'

/** A system that can take part, and what it must do with requests to be in it rightly. */
export interface Contender {
  readonly name: string
  readonly start: StartSystem
  /** `verifies` tokens, `passes` everything on, or `refuses` everything. */
  readonly does: 'verifies' | 'passes' | 'refuses'
}

const gate: Contender = { name: 'cognito-gate', start: startGateSystem, does: 'verifies' }
const largeGate: Contender = {
  name: 'cognito-gate, 1,000 routes',
  start: startLargeGate,
  does: 'verifies',
}
const haproxyJwt: Contender = {
  name: 'HAProxy jwt_verify',
  start: startHaproxyJwt,
  does: 'verifies',
}
const haproxy: Contender = { name: 'HAProxy, plain', start: startPlainHaproxy, does: 'passes' }
const nginx: Contender = { name: 'nginx, plain', start: startPlainNginx, does: 'passes' }
const openidc: Contender = {
  name: 'Apache mod_auth_openidc',
  start: startApacheOpenidc,
  does: 'verifies',
}
const oauth2: Contender = { name: 'Apache mod_oauth2', start: startApacheOauth2, does: 'verifies' }
const bareNode: Contender = { name: 'bare Node.js server', start: startBareNode, does: 'refuses' }

/** What is sent in a comparison. */
export type Load =
  | { readonly kind: 'token'; readonly token: 'good' | 'tampered' | 'none' }
  /** A good token out of so many, one after the other. */
  | { readonly kind: 'tokens'; readonly count: number }
  | { readonly kind: 'public' }
  | { readonly kind: 'download'; readonly size: BodySize }
  | { readonly kind: 'upload'; readonly size: BodySize }

export interface Comparison {
  readonly name: string
  /** As the report calls it. */
  readonly title: string
  readonly load: Load
  readonly subject: Contender
  readonly peers: readonly {
    readonly contender: Contender
    /** Largest ratio of the subject's processor time to the peer's; undefined where none is set. */
    readonly target?: number
  }[]
  /** Whether the answers that are timed are refusals. */
  readonly refused: boolean
}

/** More than the default cache holds, so that in turn each has been evicted when it comes again. */
const neverCached = 40_000

const body = (direction: 'download' | 'upload', size: BodySize, target?: number): Comparison => ({
  name: `${direction}-${size}`,
  title: `${size.replace('k', ' KiB').replace('m', ' MiB')} ${direction}`,
  load: { kind: direction, size },
  subject: gate,
  peers: [{ contender: nginx, ...(target === undefined ? {} : { target }) }],
  refused: false,
})

export const comparisons: readonly Comparison[] = [
  {
    name: 'warm-token',
    title: 'warm token',
    load: { kind: 'token', token: 'good' },
    subject: gate,
    peers: [
      { contender: haproxyJwt, target: 0.7 },
      { contender: openidc, target: 0.35 },
      { contender: oauth2 },
    ],
    refused: false,
  },
  {
    name: 'many-warm-tokens',
    title: '10,000 warm tokens',
    load: { kind: 'tokens', count: 10_000 },
    subject: gate,
    peers: [{ contender: haproxyJwt, target: 0.75 }],
    refused: false,
  },
  {
    name: 'new-tokens',
    title: 'every token new',
    load: { kind: 'tokens', count: neverCached },
    subject: gate,
    peers: [{ contender: haproxyJwt, target: 1.25 }],
    refused: false,
  },
  {
    name: 'public-route',
    title: 'public route',
    load: { kind: 'public' },
    subject: gate,
    peers: [{ contender: haproxy, target: 1.9 }, { contender: nginx }],
    refused: false,
  },
  {
    name: 'no-token',
    title: 'refusal, no token',
    load: { kind: 'token', token: 'none' },
    subject: gate,
    peers: [{ contender: bareNode, target: 1.3 }, { contender: haproxyJwt }],
    refused: true,
  },
  {
    name: 'forged-token',
    title: 'refusal, forged token',
    load: { kind: 'token', token: 'tampered' },
    subject: gate,
    peers: [{ contender: haproxyJwt }, { contender: openidc }],
    refused: true,
  },
  {
    name: 'many-routes',
    title: '1,000 routes, warm token',
    load: { kind: 'token', token: 'good' },
    subject: largeGate,
    peers: [{ contender: { ...gate, name: 'cognito-gate, 5 routes' }, target: 1.03 }],
    refused: false,
  },
  body('download', '1k'),
  body('download', '100k'),
  body('download', '10m', 3),
  body('upload', '1k'),
  body('upload', '100k'),
  body('upload', '10m', 3),
]

// The comparisons: which request, through which systems, and what the gate may cost beside each. Each
// is a benchmark of its own name. The targets are ratios of processor time per request.
import { contenders, type Contender } from './contenders.ts'
import type { BodySize } from './upstream.ts'

const {
  gate,
  fiveRoutes,
  largeGate,
  haproxyJwt,
  haproxy,
  nginx,
  openidc,
  oauth2,
  bareNode,
  bareProxy,
} = contenders

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
  /** What the gate's token cache has to do with it: hold each token, or none of them. */
  readonly cache?: 'holds' | 'misses'
}

/** More than the default cache holds, so that in turn each has been evicted when it comes again. */
const neverCached = 40_000

const body = (direction: 'download' | 'upload', size: BodySize, target?: number): Comparison => ({
  name: `${direction}-${size}`,
  title: `${size.replace('k', ' KiB').replace('m', ' MiB')} ${direction}`,
  load: { kind: direction, size },
  subject: gate,
  peers: [
    { contender: nginx, ...(target === undefined ? {} : { target }) },
    { contender: haproxy },
  ],
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
      { contender: bareProxy },
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
    cache: 'holds',
  },
  {
    name: 'new-tokens',
    title: 'every token new',
    load: { kind: 'tokens', count: neverCached },
    subject: gate,
    peers: [{ contender: haproxyJwt, target: 1.25 }],
    refused: false,
    cache: 'misses',
  },
  {
    name: 'public-route',
    title: 'public route',
    load: { kind: 'public' },
    subject: gate,
    peers: [{ contender: haproxy, target: 1.9 }, { contender: nginx }, { contender: bareProxy }],
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
    peers: [{ contender: fiveRoutes, target: 1.03 }],
    refused: false,
  },
  body('download', '1k'),
  body('download', '100k'),
  body('download', '10m', 3),
  body('upload', '1k'),
  body('upload', '100k'),
  body('upload', '10m', 3),
]

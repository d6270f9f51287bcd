// Every metric of the gate's own: name, type, labels, help. The registry and the README's table are
// both made from it, so that neither can say what the other does not.

export interface MetricDefinition {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
  readonly help: string
  /** Upper bounds in seconds; histograms only. */
  readonly buckets?: readonly number[]
}

/** A metric as the documentation lists it. */
export type MetricDoc = Pick<MetricDefinition, 'name' | 'type' | 'labels' | 'help'>

/** 1 ms to 60 s. */
const requestBuckets = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
] as const
/** 0.1 ms to 1 s. */
const overheadBuckets = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
] as const
/** 0.01 ms to 1 s: below 0.1 ms lies a signature check with a key at hand. */
const verificationBuckets = [0.00001, 0.000025, 0.00005, ...overheadBuckets] as const
/** 5 ms to 10 s. */
const fetchBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const

/** In the order in which the documentation lists them. */
export const metricTable = {
  requests: {
    name: 'cognito_gate_requests_total',
    type: 'counter',
    labels: ['route', 'code'],
    help: 'Requests answered, by route and status.',
  },
  refusedEarly: {
    name: 'cognito_gate_requests_refused_early_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Requests refused before routing: malformed ones and those over a limit.',
  },
  requestDuration: {
    name: 'cognito_gate_request_duration_seconds',
    type: 'histogram',
    labels: ['route'],
    help: 'Time from a request to the end of its answer.',
    buckets: requestBuckets,
  },
  gateOverhead: {
    name: 'cognito_gate_gate_overhead_seconds',
    type: 'histogram',
    labels: [],
    help: "The part of a request's time that was not the upstream's.",
    buckets: overheadBuckets,
  },
  inFlight: {
    name: 'cognito_gate_requests_in_flight',
    type: 'gauge',
    labels: [],
    help: 'Requests that are being handled now.',
  },
  authorizations: {
    name: 'cognito_gate_authorizations_total',
    type: 'counter',
    labels: ['route', 'authorizer', 'outcome', 'reason'],
    help: 'Decisions, by outcome (allow, deny, would_deny) and the denial code as reason; empty on allow.',
  },
  reportModeRoutes: {
    name: 'cognito_gate_report_mode_routes',
    type: 'gauge',
    labels: [],
    help: 'Routes that let pass what they would refuse; requests that no route takes count as one more.',
  },
  tokenVerification: {
    name: 'cognito_gate_token_verification_duration_seconds',
    type: 'histogram',
    labels: ['authorizer'],
    help: 'Time to verify a token that was not in the cache.',
    buckets: verificationBuckets,
  },
  tokenCacheLookups: {
    name: 'cognito_gate_token_cache_lookups_total',
    type: 'counter',
    labels: ['result'],
    help: 'Lookups in the token cache (hit, miss).',
  },
  tokenCacheEntries: {
    name: 'cognito_gate_token_cache_entries',
    type: 'gauge',
    labels: [],
    help: 'Verified tokens in the cache.',
  },
  tokenCacheBytes: {
    name: 'cognito_gate_token_cache_bytes',
    type: 'gauge',
    labels: [],
    help: 'Estimated size of the token cache.',
  },
  tokenCacheEvictions: {
    name: 'cognito_gate_token_cache_evictions_total',
    type: 'counter',
    labels: [],
    help: 'Tokens that left the cache to make room.',
  },
  jwksFetches: {
    name: 'cognito_gate_jwks_fetches_total',
    type: 'counter',
    labels: ['issuer', 'outcome'],
    help: 'Fetches of a key set (success, failed).',
  },
  jwksFetchDuration: {
    name: 'cognito_gate_jwks_fetch_duration_seconds',
    type: 'histogram',
    labels: ['issuer'],
    help: 'Time to fetch a key set.',
    buckets: fetchBuckets,
  },
  jwksKeys: {
    name: 'cognito_gate_jwks_keys',
    type: 'gauge',
    labels: ['issuer'],
    help: 'Keys in the key set in use.',
  },
  jwksLastSuccess: {
    name: 'cognito_gate_jwks_last_success_timestamp_seconds',
    type: 'gauge',
    labels: ['issuer'],
    help: 'When the key set was last fetched; 0 before the first success.',
  },
  jwksStale: {
    name: 'cognito_gate_jwks_stale',
    type: 'gauge',
    labels: ['issuer'],
    help: '1 while the key set in use is past its refresh time because fetches fail.',
  },
  identityHeadersStripped: {
    name: 'cognito_gate_identity_headers_stripped_total',
    type: 'counter',
    labels: [],
    help: 'Header lines of clients removed because they bore the name of an identity header.',
  },
  upstreamDuration: {
    name: 'cognito_gate_upstream_duration_seconds',
    type: 'histogram',
    labels: [],
    help: "The upstream's part of a request's time.",
    buckets: requestBuckets,
  },
  upstreamErrors: {
    name: 'cognito_gate_upstream_errors_total',
    type: 'counter',
    labels: ['kind'],
    help: 'Failures at the upstream (connect, dns, tls, timeout, reset, protocol, overload).',
  },
  upstreamRetries: {
    name: 'cognito_gate_upstream_retries_total',
    type: 'counter',
    labels: [],
    help: 'Requests sent again because the connection was gone before it was used.',
  },
  webSocketsActive: {
    name: 'cognito_gate_websockets_active',
    type: 'gauge',
    labels: [],
    help: 'WebSockets that are open now.',
  },
  webSocketsClosed: {
    name: 'cognito_gate_websockets_closed_total',
    type: 'counter',
    labels: ['reason'],
    help: 'WebSockets closed, by who or what ended them (client, upstream, expiry, idle, drain, revoked, error).',
  },
  configReloads: {
    name: 'cognito_gate_config_reloads_total',
    type: 'counter',
    labels: ['outcome'],
    help: 'Changes of the configuration, the certificates of the listener or the deny list: put in force (success), or refused as a whole (failed).',
  },
  configLastReload: {
    name: 'cognito_gate_config_last_reload_timestamp_seconds',
    type: 'gauge',
    labels: [],
    help: 'When something was last put in force: at the start, or by a successful reload.',
  },
  configLastReloadSuccessful: {
    name: 'cognito_gate_config_last_reload_successful',
    type: 'gauge',
    labels: [],
    help: '0 while something that lies in the files could not be put in force, else 1.',
  },
  buildInfo: {
    name: 'cognito_gate_build_info',
    type: 'gauge',
    labels: ['version', 'node'],
    help: 'Always 1; the labels are the versions of the gate and of Node.js.',
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>

/** The table for the documentation. */
export const metricDocs: readonly MetricDoc[] = Object.values(metricTable).map(
  ({ name, type, labels, help }) => ({ name, type, labels, help }),
)

// The whole configuration after loading: complete, checked, frozen, in the units the code uses.
// config/ makes it; nobody else writes to it. Shapes here are what runs, not what a file looks like.
import type { ExportNote } from './exported-api.ts'
import type { GatewayResponses } from './gateway-response.ts'
import type { HeaderMapping } from './header-mapping.ts'
import type { Enforcement, Mock } from './route.ts'

export interface Settings {
  /** Whose answers, claim rendering and mapping syntax are mirrored. */
  readonly apiType: 'REST' | 'HTTP'
  /** The API Gateway export; its file is '' when there is none. */
  readonly openapi: { readonly file: string; readonly notes: readonly ExportNote[] }
  /** Removed from the front of every path before matching: '' or '/prod'. */
  readonly basePath: string
  readonly listen: ListenSettings
  readonly admin: Address
  readonly upstream: UpstreamSettings
  readonly authorizers: readonly AuthorizerSettings[]
  /** In the order of the file; `$default` stands for every path and method left over. */
  readonly routes: readonly RouteSettings[]
  /** `$context.stage`; '' is none. */
  readonly stage: string
  /** `$stageVariables`, by name. */
  readonly stageVariables: Readonly<Record<string, string>>
  /** What is answered in place of the built-in answers; empty with `apiType` HTTP. */
  readonly gatewayResponses: GatewayResponses
  /** Undefined leaves CORS to the upstream. */
  readonly cors: CorsSettings | undefined
  readonly claimHeaders: ClaimHeaderMap
  readonly claimEncoding: 'percent' | 'utf8'
  /** Header that carries the whole payload as base64url JSON; '' sends none. */
  readonly claimsHeader: string
  /** Whether the identity source's header still reaches the upstream. */
  readonly forwardToken: boolean
  readonly stripHeaders: readonly string[]
  readonly passHeaders: readonly string[]
  readonly jwks: JwksSettings
  readonly denyList: DenyListSettings
  readonly tokenCache: { readonly maxBytes: number }
  readonly limits: LimitSettings
  readonly websocket: WebSocketSettings
  /** What becomes of requests that no route takes. A route has its own. */
  readonly enforcement: Enforcement
  readonly log: LogSettings
  readonly shutdown: { readonly drainDelayMs: number; readonly graceMs: number }
  /** CIDRs of peers whose X-Forwarded-* and X-Request-Id are believed. */
  readonly trustedProxies: readonly string[]
  readonly decision: DecisionSettings
  readonly statusPage: StatusPageSettings
}

/** The status page: always an address of loopback. */
export interface StatusPageSettings extends Address {
  readonly enabled: boolean
}

/** The listener of external authorization. */
export interface DecisionSettings extends Address {
  readonly enabled: boolean
  /** CIDRs of the edge proxies that may ask, and are believed what they say of the original request. */
  readonly trustedPeers: readonly string[]
}

/** Which pages may read answers, in the words of HTTP APIs. */
export interface CorsSettings {
  /** Origins as browsers send them, `*`, `https://*` and `http://*`. */
  readonly allowOrigins: readonly string[]
  /** Methods, or `*`. */
  readonly allowMethods: readonly string[]
  /** Names of request headers, or `*`. */
  readonly allowHeaders: readonly string[]
  /** Names of headers of answers, or `*`. */
  readonly exposeHeaders: readonly string[]
  /** Never true beside the origin `*`. */
  readonly allowCredentials: boolean
  /** Seconds; -1 keeps nothing, undefined says nothing. */
  readonly maxAge: number | undefined
}

export interface Address {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
}

export interface ListenSettings extends Address {
  /** Undefined speaks plain HTTP. */
  readonly tls: ListenTls | undefined
}

/** PEM texts, and where they come from: the files are watched. */
export interface ListenTls {
  /** The certificate, and those between it and its authority. */
  readonly cert: string
  readonly key: string
  /** Authorities of clients, who must then have a certificate. Undefined asks for none. */
  readonly clientCa: string | undefined
  readonly files: ListenTlsFiles
}

/** Absolute paths. */
export interface ListenTlsFiles {
  readonly cert: string
  readonly key: string
  readonly clientCa: string | undefined
}

export interface UpstreamSettings {
  /** `http://host:port`, `https://host:port`: scheme and authority only. For a socket, `http://localhost`. */
  readonly origin: string
  /** Put in front of every forwarded path: '' or '/legacy'; never ends in a slash. */
  readonly pathPrefix: string
  /** Path of a unix socket; undefined for TCP. */
  readonly socketPath: string | undefined
  readonly connectTimeoutMs: number
  /** To the response headers. */
  readonly responseTimeoutMs: number
  /** Between body bytes. */
  readonly idleTimeoutMs: number
  readonly maxConnections: number
  readonly maxQueued: number
  readonly queueTimeoutMs: number
  readonly preserveHost: boolean
  /** Fixed headers for every request, flat: name, value… The same names are stripped from clients. */
  readonly headers: readonly string[]
  readonly tls: UpstreamTls
}

/** PEM texts, not paths. `serverName` is what the certificate must be for, and the SNI. */
export interface UpstreamTls {
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  readonly serverName: string
}

/** Header name → claims to try in turn; the first one present is sent. */
export type ClaimHeaderMap = Readonly<Record<string, readonly string[]>>

/** Where a token is looked for; a header's name in lower case, a query parameter's as written. */
export type IdentitySource =
  { readonly in: 'header'; readonly name: string } | { readonly in: 'query'; readonly name: string }

export const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const
export type Algorithm = (typeof algorithms)[number]

/** Where an issuer's public keys come from. */
export type KeySource =
  | { readonly kind: 'uri'; readonly uri: string }
  /** `jwks_uri` of the discovery document at `uri`, whose `issuer` must equal ours exactly. */
  | { readonly kind: 'discovery'; readonly uri: string }
  | { readonly kind: 'file'; readonly path: string }

export interface IssuerSettings {
  /** Compared with `iss` byte for byte. */
  readonly issuer: string
  readonly keys: KeySource
}

interface CommonAuthorizer {
  readonly name: string
  readonly identitySource: IdentitySource
  readonly issuers: readonly IssuerSettings[]
  readonly algorithms: readonly Algorithm[]
  /** How long verified claims are kept; 0 keeps none. Never past `exp`. */
  readonly cacheTtlSeconds: number
  /** Tolerance on `exp`; `nbf` and `iat` tolerate max(this, 5). */
  readonly graceSeconds: number
  /** Replaces the global map for this authorizer's tokens. */
  readonly claimHeaders: ClaimHeaderMap | undefined
  /** 0 is off; counted from `iat`, without which a token is then refused. */
  readonly maxTokenAgeSeconds: number
  /** Claim that holds the groups; '' for none. */
  readonly groupsClaim: string
}

export interface CognitoAuthorizer extends CommonAuthorizer {
  readonly type: 'COGNITO_USER_POOLS'
  /** Empty admits every app client of the pools. */
  readonly clientIds: readonly string[]
  readonly tokenUse: 'auto' | 'id' | 'access' | 'any'
  /** Source of a regular expression for the whole of an `aud` value; '' checks nothing. */
  readonly audienceExpression: string
}

export interface JwtAuthorizer extends CommonAuthorizer {
  readonly type: 'JWT'
  /** `aud`, or `client_id` where `aud` is absent, must hold one of these. */
  readonly audience: readonly string[]
}

export type AuthorizerSettings = CognitoAuthorizer | JwtAuthorizer

export interface RouteSettings {
  readonly path: string
  /** Upper-case methods, or the single word `ANY`. */
  readonly methods: readonly string[]
  /** Name of an authorizer, or what stands in its place. */
  readonly access: { readonly authorizer: string } | 'NONE' | 'DENY'
  readonly scopes: readonly string[]
  readonly groups: readonly string[]
  readonly claims: readonly { readonly name: string; readonly values: readonly string[] }[]
  /** Its own, else that of the whole configuration. */
  readonly enforcement: Enforcement
  readonly responseTimeoutMs: number | undefined
  readonly allowEncodedSlash: boolean
  readonly requestParameters: readonly HeaderMapping[]
  readonly mock: Mock | undefined
  /** Where the operator wrote it, for messages: `routes[2]`. */
  readonly origin: string
}

export interface JwksSettings {
  readonly refreshSeconds: number
  readonly maxStaleSeconds: number
  readonly timeoutMs: number
  readonly unknownKidCooldownSeconds: number
  readonly startupWaitSeconds: number
  readonly maxBytes: number
  /** PEM text of authorities to trust besides those of Node.js. */
  readonly ca: string | undefined
  readonly proxies: Proxies
}

/** Proxies that issuers are reached through, as HTTP_PROXY, HTTPS_PROXY and NO_PROXY say. */
export interface Proxies {
  /** For http:// URLs, which it is asked for whole. */
  readonly http: ProxySettings | undefined
  /** For https:// URLs, to which it opens a tunnel. */
  readonly https: ProxySettings | undefined
  /** Where none is used: `*`, domains with their subdomains, addresses and CIDRs, each with `:port` or not. */
  readonly except: readonly string[]
}

export interface ProxySettings {
  /** `http://host:port` or `https://host:port`. */
  readonly origin: string
  /** Value of `Proxy-Authorization`: a secret. */
  readonly authorization: string | undefined
}

/** What a token may be revoked by: claims of its payload, or the key that signed it. */
export const deniedClaims = ['sub', 'jti', 'origin_jti', 'kid'] as const

/** An entry of the deny list: every token with that claim is refused. */
export interface DeniedToken {
  readonly claim: (typeof deniedClaims)[number]
  /** Compared with the claim as text. */
  readonly value: string
  /** Compared with `iss` byte for byte; undefined stands for every issuer. */
  readonly issuer: string | undefined
}

export interface DenyListSettings {
  /** Undefined when there is none. */
  readonly path: string | undefined
  /** What the file held when the configuration was loaded; it is watched from then on. */
  readonly tokens: readonly DeniedToken[]
}

export interface LimitSettings {
  readonly maxHeaderBytes: number
  readonly maxTokenBytes: number
  /** 0 sets no limit. */
  readonly maxBodyBytes: number
  readonly headersTimeoutMs: number
  readonly bodyIdleTimeoutMs: number
  readonly keepAliveTimeoutMs: number
  readonly maxConnections: number
}

export interface WebSocketSettings {
  readonly closeAtExpiry: boolean
  /** Without a frame in either direction; a Pong does not count. */
  readonly idleTimeoutMs: number
  /** 0 sends none. */
  readonly pingIntervalMs: number
  readonly maxConnections: number
  /** Query parameter that may hold the token of a handshake; '' for none. */
  readonly tokenQuery: string
  /** What an offered subprotocol that carries the token begins with; '' for none. */
  readonly tokenProtocolPrefix: string
}

export interface LogSettings {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
  readonly requests: 'denied' | 'all' | 'none'
  /** Whether request lines name the subject of the token. */
  readonly subject: boolean
  /** Request lines per second at the most; the rest are counted and reported. */
  readonly maxPerSecond: number
}

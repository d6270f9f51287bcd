// The configuration's top level: every key, its documentation, bounds, default and environment
// variable. A key stands here when it works, not before. Entries of authorizers and routes have
// tables of their own.
import type { Table } from './leaf.ts'
import { corsTable } from './schema-cors.ts'
import { decisionTable } from './schema-decision.ts'
import { denyListTable } from './schema-deny-list.ts'
import { jwksTable } from './schema-jwks.ts'
import { listenTable } from './schema-listen.ts'
import { statusPageTable } from './schema-status-page.ts'
import { upstreamTable } from './schema-upstream.ts'
import { websocketTable } from './schema-websocket.ts'

export const topTable = {
  apiType: {
    doc: 'Whose answers, claim rendering and mapping syntax to mirror: those of a REST API or of an HTTP API of API Gateway.',
    format: 'word',
    default: 'REST',
    words: ['REST', 'HTTP'],
  },
  basePath: {
    doc: "Removed from the front of every path before routes are matched: a stage or a base path such as /prod. '' removes nothing. A request outside it matches no route.",
    format: 'text',
    default: '',
  },
  listen: listenTable,
  admin: {
    host: {
      doc: 'Address of /metrics, /livez and /readyz.',
      format: 'text',
      default: '0.0.0.0',
    },
    port: {
      doc: 'Port of /metrics, /livez and /readyz; 0 takes any free one.',
      format: 'whole',
      default: 9090,
      min: 0,
      max: 65535,
      env: 'ADMIN_PORT',
    },
  },
  upstream: upstreamTable,
  openapi: {
    doc: "File of an API Gateway export (OpenAPI 2.0 or 3.0, JSON or YAML): its authorizers, routes, mappings, gateway responses and CORS are used, under what stands here. '' uses none.",
    format: 'text',
    default: '',
  },
  authorizers: {
    doc: 'The authorizers by name, each of type COGNITO_USER_POOLS or JWT.',
    format: 'named-entries',
    default: {},
  },
  routes: {
    doc: 'The routes. Without any, every path and method needs a token of the one authorizer.',
    format: 'entries',
    default: [],
  },
  stage: {
    doc: "What $context.stage stands for. '' leaves it empty.",
    format: 'text',
    default: '',
  },
  stageVariables: {
    doc: 'What $stageVariables.NAME stands for, by name.',
    format: 'text-map',
    default: {},
  },
  gatewayResponses: {
    doc: "What is answered in place of a REST API's own words, by gateway response type: UNAUTHORIZED, ACCESS_DENIED, DEFAULT_4XX and the others of API Gateway. HTTP APIs have none.",
    format: 'named-entries',
    default: {},
  },
  cors: corsTable,
  claimHeaders: {
    doc: 'Headers that tell the upstream who is calling: a header name and the claim it carries, or a list of claims of which the first present one is sent. These names are removed from every client request. A map given here replaces the default; {} sends none.',
    format: 'list-map',
    default: {
      'X-Claim-Issuer': 'iss',
      'X-Claim-Sub': 'sub',
      'X-Claim-Username': ['cognito:username', 'username'],
      'X-Claim-Email': 'email',
      'X-Claim-Email-Verified': 'email_verified',
      'X-Claim-Groups': 'cognito:groups',
      'X-Claim-Scope': 'scope',
      'X-Claim-Client-Id': ['client_id', 'aud'],
    },
  },
  claimEncoding: {
    doc: 'How claim headers are written. percent: %, controls, non-ASCII, leading and trailing space, a comma inside an array element, and with apiType HTTP a space there too, become %XX of their UTF-8, undone by one decode. utf8: bytes as they are, controls still %XX.',
    format: 'word',
    default: 'percent',
    words: ['percent', 'utf8'],
  },
  claimsHeader: {
    doc: "Name of a header that carries the whole payload of the token as base64url JSON. '' sends none.",
    format: 'text',
    default: '',
  },
  forwardToken: {
    doc: "Whether the upstream still gets the header that carried the token, as API Gateway passes it on. false removes the identity source's header.",
    format: 'flag',
    default: true,
  },
  stripHeaders: {
    doc: 'More header names to remove from every client request, in every spelling that CGI would read as the same name.',
    format: 'list',
    default: [],
  },
  passHeaders: {
    doc: 'Header names that are let through although upstreams may take orders from them, such as X-HTTP-Method-Override or X-Original-URL.',
    format: 'list',
    default: [],
  },
  jwks: jwksTable,
  denyList: denyListTable,
  tokenCache: {
    maxBytes: {
      doc: 'Bytes of memory for verified tokens. To keep none, set authorizerResultTtlInSeconds to 0.',
      format: 'whole',
      default: 33_554_432,
      min: 65_536,
      max: 4_294_967_296,
    },
  },
  limits: {
    maxHeaderBytes: {
      doc: 'Bytes of a request head, the request line included; more is answered 431.',
      format: 'whole',
      default: 32_768,
      min: 1024,
      max: 1_048_576,
    },
    maxTokenBytes: {
      doc: 'Bytes of a token.',
      format: 'whole',
      default: 16_384,
      min: 256,
      max: 1_048_576,
    },
    maxBodyBytes: {
      doc: 'Bytes of a request body; more is answered 413. 0 sets no limit.',
      format: 'whole',
      default: 0,
      min: 0,
      max: 1_099_511_627_776,
    },
    headersTimeoutMs: {
      doc: 'Milliseconds within which a request head must arrive.',
      format: 'whole',
      default: 15_000,
      min: 10,
      max: 600_000,
    },
    bodyIdleTimeoutMs: {
      doc: 'Milliseconds without a byte after which an unfinished request body is given up.',
      format: 'whole',
      default: 60_000,
      min: 10,
      max: 86_400_000,
    },
    keepAliveTimeoutMs: {
      doc: 'Milliseconds for which an idle client connection is kept open. Longer than that of a load balancer in front.',
      format: 'whole',
      default: 75_000,
      min: 1,
      max: 3_600_000,
    },
    maxConnections: {
      doc: 'Client connections at one time; more are closed at once.',
      format: 'whole',
      default: 10_000,
      min: 1,
      max: 1_000_000,
    },
  },
  websocket: websocketTable,
  enforcement: {
    doc: 'enforce refuses what is not permitted. report lets pass what a token, its keys, scopes, groups or claims, or the lack of a route, would have stopped: without identity headers, with X-Gate-Would-Deny, counted and logged as would_deny. Targets, malformed requests, limits and DENY are refused in either.',
    format: 'word',
    default: 'enforce',
    words: ['enforce', 'report'],
  },
  log: {
    level: {
      doc: 'The least important level that is logged.',
      format: 'word',
      default: 'info',
      words: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      env: 'LOG_LEVEL',
    },
    requests: {
      doc: 'Which requests get a log line: denied ones, those that report mode lets pass among them; all; or none.',
      format: 'word',
      default: 'denied',
      words: ['denied', 'all', 'none'],
    },
    subject: {
      doc: "Whether that line names the subject of the token (sub, as user.id), where its signature is good. It is somebody's personal data.",
      format: 'flag',
      default: false,
    },
    maxPerSecond: {
      doc: 'Request lines per second; the rest are counted, and the count is logged. Failures of the upstream, of keys and of the gate are counted apart from refusals.',
      format: 'whole',
      default: 100,
      min: 1,
      max: 100_000,
    },
  },
  shutdown: {
    drainDelayMs: {
      doc: 'Milliseconds between SIGTERM and the end of accepting, in which load balancers notice that the gate is not ready. 0 on SIGINT.',
      format: 'whole',
      default: 5000,
      min: 0,
      max: 600_000,
    },
    graceMs: {
      doc: 'Milliseconds that requests in flight then have to finish before they are cut.',
      format: 'whole',
      default: 20_000,
      min: 0,
      max: 3_600_000,
    },
  },
  trustedProxies: {
    doc: 'CIDRs of proxies in front whose X-Forwarded-* and X-Request-Id are believed and appended to, such as 10.0.0.0/8.',
    format: 'list',
    default: [],
  },
  decision: decisionTable,
  statusPage: statusPageTable,
} as const satisfies Table

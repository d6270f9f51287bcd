// The keys of an entry of `authorizers`, one table per type, in API Gateway's words where it has one.
import { algorithms } from '../core/settings.ts'
import type { Table } from './leaf.ts'

const common = {
  authorizerResultTtlInSeconds: {
    doc: 'Seconds for which a verified token is kept, never past its expiry. 0 verifies every request anew.',
    format: 'whole',
    default: 300,
    min: 0,
    max: 3600,
  },
  graceSeconds: {
    doc: 'Seconds for which a token is still taken after its expiry. Times in the future are tolerated for the same, but at least 5 seconds.',
    format: 'whole',
    default: 0,
    min: 0,
    max: 600,
  },
  maxTokenAgeSeconds: {
    doc: 'Seconds since a token was issued after which it is refused; a token without iat is refused then. 0 sets no limit.',
    format: 'whole',
    default: 0,
    min: 0,
    max: 31_536_000,
  },
  insecureHttpJwks: {
    doc: 'Must be true for a key source on plain http outside loopback. Who can change what is on that wire can forge tokens.',
    format: 'flag',
    default: false,
  },
  jwksFile: {
    doc: "File of a local key set (JSON), read instead of any fetch and again when it changes; for exactly one issuer. '' fetches.",
    format: 'text',
    default: '',
  },
  claimHeaders: {
    doc: "Replaces the global claimHeaders for this authorizer's tokens; {} sends none.",
    format: 'list-map',
    default: null,
  },
} as const satisfies Table

/** The words of `type`. */
export const authorizerTypes = ['COGNITO_USER_POOLS', 'JWT'] as const

/** The one key that tells which of the tables below applies. */
export const authorizerType = {
  doc: 'COGNITO_USER_POOLS for Amazon Cognito, JWT for any OpenID Connect issuer.',
  format: 'word',
  default: null,
  words: authorizerTypes,
  required: true,
} as const

export const cognitoTable = {
  type: authorizerType,
  providerARNs: {
    doc: 'ARNs of the user pools. Give these or userPoolIds.',
    format: 'list',
    default: [],
  },
  userPoolIds: {
    doc: 'Ids of the user pools, such as eu-west-1_AbCdEf. Give these or providerARNs.',
    format: 'list',
    default: [],
    env: 'COGNITO_USER_POOL_IDS',
  },
  clientIds: {
    doc: 'App clients whose tokens are taken: client_id of an access token, aud of an ID token. [] takes those of every app client of the pools, as API Gateway does.',
    format: 'list',
    default: [],
    env: 'COGNITO_CLIENT_IDS',
  },
  identitySource: {
    doc: 'The header that carries the token, as method.request.header.NAME.',
    format: 'text',
    default: 'method.request.header.Authorization',
  },
  identityValidationExpression: {
    doc: "A regular expression that the whole of an aud value must match; a token without aud is refused then. '' checks nothing.",
    format: 'text',
    default: '',
  },
  tokenUse: {
    doc: "Which kind of token is taken. auto is API Gateway's rule: an access token where the route asks for scopes, else an ID token.",
    format: 'word',
    default: 'auto',
    words: ['auto', 'id', 'access', 'any'],
    env: 'COGNITO_TOKEN_USE',
  },
  issuer: {
    doc: 'What iss must be, with {region} and {userPoolId} filled in. For emulators and other partitions.',
    format: 'text',
    default: 'https://cognito-idp.{region}.amazonaws.com/{userPoolId}',
  },
  jwksUri: {
    doc: 'Where the keys are fetched, with {issuer}, {region} and {userPoolId} filled in. For VPC endpoints.',
    format: 'text',
    default: '{issuer}/.well-known/jwks.json',
  },
  ...common,
} as const satisfies Table

export const jwtTable = {
  type: authorizerType,
  identitySource: {
    doc: 'Where the token is, as $request.header.NAME or $request.querystring.NAME; a query parameter is removed from what the upstream sees.',
    format: 'text',
    default: '$request.header.Authorization',
  },
  jwtConfiguration: {
    issuer: {
      doc: 'What iss must be, to the byte.',
      format: 'text',
      default: null,
      required: true,
    },
    audience: {
      doc: 'aud, or client_id of a token without aud, must hold one of these.',
      format: 'list',
      default: null,
      required: true,
    },
  },
  jwksUri: {
    doc: "Where the keys are fetched; {issuer} is filled in. '' reads it from the issuer's /.well-known/openid-configuration.",
    format: 'text',
    default: '',
  },
  algorithms: {
    doc: 'Signature algorithms that are taken.',
    format: 'list',
    default: ['RS256'],
    words: algorithms,
  },
  groupsClaim: {
    doc: "Claim that holds the groups, for authorizationGroups. '' knows no groups.",
    format: 'text',
    default: '',
  },
  ...common,
} as const satisfies Table

// What an HTTP API answers: facts 3.60 to 3.82.
import { challenged, httpAnswers as answers } from './answers.ts'
import { rowsOf } from './row.ts'
import { wireRows } from './wire-rows.ts'

const { forbidden, notFound, badRequest, unavailable } = answers

/** The challenge of a token that is not good, on a route without scopes. */
const invalid = (description: string) =>
  challenged(`Bearer scope="" error="invalid_token" error_description="${description}"`)

const decided = rowsOf('HTTP', [
  {
    fact: '3.70',
    name: 'no token',
    denial: 'token_missing',
    path: '/partner',
    want: challenged('Bearer'),
  },
  {
    fact: '3.70',
    name: 'no token on a route with scopes',
    denial: 'token_missing',
    path: '/partner/scoped',
    want: challenged('Bearer'),
  },
  {
    fact: '3.71',
    name: 'not a JWT',
    denial: 'token_malformed',
    path: '/partner',
    token: 'notAToken',
    want: invalid('token contains an invalid number of segments'),
  },
  {
    fact: '3.72',
    name: 'an expired token',
    denial: 'token_expired',
    path: '/partner',
    token: 'partnerExpired',
    want: invalid('the token has expired'),
  },
  {
    fact: '3.61',
    name: 'a challenge names the scopes of the route',
    denial: 'token_expired',
    path: '/partner/scoped',
    token: 'partnerExpired',
    want: challenged(
      'Bearer scope="orders/read orders/admin" error="invalid_token" error_description="the token has expired"',
    ),
  },
  {
    fact: '3.73',
    name: 'another audience',
    denial: 'audience_mismatch',
    path: '/partner',
    token: 'partnerOfOtherAudience',
    want: invalid('the token does not have a valid audience'),
  },
  {
    fact: '3.74',
    name: 'another issuer',
    denial: 'issuer_mismatch',
    path: '/partner',
    token: 'partnerOfOtherIssuer',
    want: invalid('the token does not have a valid issuer'),
  },
  {
    fact: '3.74',
    name: 'a signature by another key',
    denial: 'signature_invalid',
    path: '/partner',
    token: 'partnerForged',
    want: invalid('the token does not have a valid signature'),
  },
  {
    fact: '3.74',
    name: 'a key id that the issuer does not have',
    denial: 'key_unknown',
    path: '/partner',
    token: 'partnerUnknownKey',
    want: invalid('the token is signed with an unknown key'),
  },
  {
    fact: '3.74',
    name: 'a token of the future',
    denial: 'token_not_yet_valid',
    path: '/partner',
    token: 'partnerNotYetValid',
    want: invalid('the token is not valid yet'),
  },
  {
    fact: '3.74',
    name: 'an algorithm that is not allowed',
    denial: 'algorithm_refused',
    path: '/partner',
    token: 'partnerOtherAlgorithm',
    want: invalid('the token does not have a valid algorithm'),
  },
  {
    // API Gateway says 401 there; a client must not throw a good token away.
    fact: '3.75',
    name: 'keys that cannot be had: never 401',
    denial: 'keys_unavailable',
    path: '/offline',
    token: 'idOffline',
    want: answers.keysUnavailable,
  },
  {
    fact: '3.76',
    name: 'none of the scopes of the route',
    denial: 'scope_insufficient',
    path: '/partner/scoped',
    token: 'partner',
    want: answers.scopeMissing,
  },
  { fact: '3.77', name: 'no such path', denial: 'no_route', path: '/nothing', want: notFound },
  {
    fact: '3.77',
    name: 'a method that the path does not have, whatever the token',
    denial: 'no_route',
    method: 'DELETE',
    path: '/partner',
    token: 'notAToken',
    want: notFound,
  },
  {
    fact: '3.82',
    name: 'a route that is closed to all',
    denial: 'route_denied',
    path: '/denied',
    want: forbidden,
  },
  {
    fact: '3.82',
    name: 'none of the groups of the route',
    denial: 'group_insufficient',
    path: '/orders/groups',
    token: 'id',
    want: forbidden,
  },
  {
    fact: '3.82',
    name: 'without the claim of the route',
    denial: 'claim_mismatch',
    path: '/orders/claims',
    token: 'id',
    want: forbidden,
  },
  {
    fact: 'gate',
    name: 'two tokens',
    denial: 'token_duplicated',
    path: '/partner',
    headers: [['Authorization', 'Bearer a.b.c']],
    token: 'partner',
    want: invalid('the request holds more than one token'),
  },
  {
    fact: 'gate',
    name: 'a token over the limit',
    denial: 'token_too_large',
    path: '/partner',
    token: 'partnerTooLarge',
    want: invalid('the token is too large'),
  },
  {
    fact: 'gate',
    name: 'a token of the deny list',
    denial: 'token_revoked',
    path: '/partner',
    token: 'partnerRevoked',
    want: invalid('the token is revoked'),
  },
  {
    fact: 'gate',
    name: 'a token past the age of its authorizer',
    denial: 'token_too_old',
    path: '/aged',
    token: 'idOld',
    want: invalid('the token is too old'),
  },
  {
    fact: 'gate',
    name: 'an access token of a pool on a route without scopes',
    denial: 'token_use_mismatch',
    path: '/orders',
    token: 'access',
    want: invalid('the token does not have a valid token_use'),
  },
  {
    fact: 'gate',
    name: 'a token of another app client of a pool',
    denial: 'client_mismatch',
    path: '/clients',
    token: 'idOfOtherClient',
    want: invalid('the token does not have a valid client'),
  },
  {
    fact: 'gate',
    name: 'a path with two readings',
    denial: 'target_ambiguous',
    path: '/partner/../denied',
    want: badRequest,
  },
])

/** Every row of an HTTP API. */
export const httpRows = [
  ...decided,
  ...wireRows('HTTP', {
    requestMalformed: { fact: 'gate', want: badRequest },
    requestTimeout: { fact: 'gate', want: answers.requestTimeout },
    headersTooLarge: { fact: 'gate', want: answers.headersTooLarge },
    bodyTooLarge: { fact: '3.81', want: answers.bodyTooLarge },
    upstreamTimeout: { fact: '3.80', want: unavailable },
    upstreamUnreachable: { fact: '3.80', want: unavailable },
    upstreamBroken: { fact: 'gate', want: unavailable },
    upstreamOverloaded: { fact: 'gate', want: unavailable },
    internal: { fact: '3.79', want: answers.internal },
  }),
]

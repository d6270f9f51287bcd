// The keys of an entry of `routes`.
import type { Table } from './leaf.ts'
import { responseTimeoutBounds } from './schema-upstream.ts'

export const routeTable = {
  path: {
    doc: 'The path: literals, {name} for one segment, {name+} for all that remain. $default takes every path that nothing else takes.',
    format: 'text',
    default: null,
    required: true,
  },
  method: {
    doc: 'A method, a list of methods, or ANY.',
    format: 'text-or-list',
    default: null,
    required: true,
  },
  authorizer: {
    doc: 'Name of the authorizer whose token is needed. Give this or authorizationType.',
    format: 'text',
    default: null,
  },
  authorizationType: {
    doc: 'NONE lets everyone pass, DENY nobody. Give this or authorizer.',
    format: 'word',
    default: null,
    words: ['NONE', 'DENY'],
  },
  authorizationScopes: {
    doc: 'Scopes of which the token must hold at least one.',
    format: 'list',
    default: null,
  },
  authorizationGroups: {
    doc: 'Groups of which the token must name at least one.',
    format: 'list',
    default: null,
  },
  requiredClaims: {
    doc: 'Claims that must all be there, each with one of the given values, compared as text with the claim or any element of it.',
    format: 'list-map',
    default: null,
  },
  enforcement: {
    doc: 'What becomes of a request that does not show what the route asks for, instead of the global enforcement.',
    format: 'word',
    default: null,
    words: ['enforce', 'report'],
  },
  responseTimeoutMs: {
    doc: "Milliseconds to the upstream's response headers on this route, instead of upstream.responseTimeoutMs.",
    format: 'whole',
    default: null,
    ...responseTimeoutBounds,
  },
  allowEncodedSlash: {
    doc: 'Whether %2F may stand in the path; it is refused elsewhere, since upstreams differ in reading it.',
    format: 'flag',
    default: false,
  },
  requestParameters: {
    doc: "Headers for the upstream, in API Gateway's mapping syntax: integration.request.header.NAME to one reference or 'literal' with apiType REST; overwrite:header.NAME, append:header.NAME or remove:header.NAME to text with $references with apiType HTTP.",
    format: 'text-map',
    default: {},
  },
  mock: {
    statusCode: {
      doc: 'Status with which the gate itself answers what this route permits, without a body and without the upstream.',
      format: 'whole',
      default: null,
      min: 200,
      max: 599,
    },
    headers: {
      doc: 'Headers of that answer. Content-Type is application/json unless it is given.',
      format: 'text-map',
      default: {},
    },
  },
} as const satisfies Table

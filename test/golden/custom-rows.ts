// What a REST API answers that has gateway responses: facts 3.40 to 3.52.
import { restAnswers, restHeaders } from './answers.ts'
import { rowsOf, type GoldenAnswer } from './row.ts'
import { wireRows } from './wire-rows.ts'

const escaped = {
  /** A query that would break out of a header line, a JSON string, markup, if it could. */
  query: 'echo=%22%3E%3Cb%3E%0D%0ASet-Cookie:%20a=b',
  header: '"><b>%0D%0ASet-Cookie: a=b',
  json: '\\"\\u003e\\u003cb\\u003e\\r\\nSet-Cookie: a=b',
  markup: '&quot;&gt;&lt;b&gt;Set-Cookie: a=b',
  text: '"><b>Set-Cookie: a=b',
} as const

const ambiguous = '/orders/../denied'

/** The answer of DEFAULT_4XX in place of BAD_REQUEST_PARAMETERS. */
const default4xx = (contentType: string, echo: string | undefined, body: string): GoldenAnswer => ({
  status: 422,
  headers: [
    ...restHeaders('BadRequestException', contentType),
    'Access-Control-Allow-Origin: https://app.example',
    'X-Stage: live',
    ...(echo === undefined ? [] : [`X-Echo: ${echo}`]),
  ],
  body,
})

const json4xx = (path: string, quoted: string, bare: string): string =>
  `{"type":"BAD_REQUEST_PARAMETERS","message":"Bad Request",\n` +
  `"text":"Bad Request","path":"${path}",\n` +
  `"quoted":"${quoted}","bare":${bare}}\n`

const accept = (type: string) => [['Accept', type] as const]

const byDefault = rowsOf('custom', [
  {
    fact: '3.45',
    name: 'a type without an entry takes that of its class',
    denial: 'target_ambiguous',
    path: ambiguous,
    want: default4xx('application/json', undefined, json4xx(ambiguous, '', '""')),
  },
  {
    fact: '3.48',
    name: 'a number that stands by itself in JSON stays one',
    denial: 'target_ambiguous',
    path: `${ambiguous}?echo=42`,
    want: default4xx('application/json', '42', json4xx(ambiguous, '42', '42')),
  },
  {
    fact: '3.48',
    name: 'no value leaves its string in JSON, or its header line',
    denial: 'target_ambiguous',
    path: `${ambiguous}?${escaped.query}`,
    want: default4xx(
      'application/json',
      escaped.header,
      json4xx(ambiguous, escaped.json, `"${escaped.json}"`),
    ),
  },
  {
    fact: '3.48',
    name: 'no value is markup in HTML',
    denial: 'target_ambiguous',
    path: `${ambiguous}?${escaped.query}`,
    headers: accept('text/html,application/xml;q=0.9,*/*;q=0.8'),
    want: default4xx(
      'text/html; charset=utf-8',
      escaped.header,
      `<p title="${escaped.markup}">{requestId}</p>`,
    ),
  },
  {
    fact: '3.48',
    name: 'no value is markup in XML',
    denial: 'target_ambiguous',
    path: `${ambiguous}?${escaped.query}`,
    headers: accept('application/xml'),
    want: default4xx(
      'application/xml',
      escaped.header,
      `<error type="BAD_REQUEST_PARAMETERS">${escaped.markup}</error>`,
    ),
  },
  {
    fact: '3.48',
    name: 'no value is a line of plain text',
    denial: 'target_ambiguous',
    path: `${ambiguous}?${escaped.query}`,
    headers: accept('text/plain'),
    want: default4xx('text/plain', escaped.header, `no: ${escaped.text}`),
  },
  {
    fact: '3.47',
    name: 'non-ASCII in a header line is %XX of its UTF-8',
    denial: 'target_ambiguous',
    path: `${ambiguous}?echo=%C3%A9`,
    headers: accept('text/plain'),
    want: default4xx('text/plain', '%C3%A9', 'no: é'),
  },
])

const byType = rowsOf('custom', [
  {
    fact: '3.43',
    name: 'an own entry takes nothing from that of the class',
    denial: 'token_missing',
    path: '/orders',
    want: {
      ...restAnswers.unauthorized,
      headers: [...restAnswers.unauthorized.headers, 'WWW-Authenticate: Bearer'],
    },
  },
  {
    fact: '3.42',
    name: 'an expired token is UNAUTHORIZED, and keeps its message',
    denial: 'token_expired',
    path: '/orders',
    token: 'idExpired',
    want: {
      ...restAnswers.expired,
      headers: [...restAnswers.expired.headers, 'WWW-Authenticate: Bearer'],
    },
  },
  {
    fact: '3.43',
    name: 'an own entry with parameters alone keeps status and body',
    denial: 'keys_unavailable',
    path: '/offline',
    token: 'idOffline',
    want: {
      ...restAnswers.keysUnavailable,
      headers: [...restAnswers.keysUnavailable.headers, 'X-Own: 1'],
    },
  },
  {
    fact: '3.50',
    name: 'another status keeps the error type and the body',
    denial: 'no_route',
    path: '/nothing',
    want: { ...restAnswers.missingToken, status: 404 },
  },
  {
    fact: '3.50',
    name: 'another status keeps the signature message',
    denial: 'no_route',
    path: '/nothing',
    token: 'notAToken',
    want: { ...restAnswers.incompleteSignature, status: 404 },
  },
  {
    fact: '3.47',
    name: 'a redirect; its header replaces the built-in one of the name',
    denial: 'route_denied',
    path: '/denied',
    want: {
      status: 302,
      headers: [
        'content-type: text/plain',
        ...restHeaders('AccessDeniedException').slice(1),
        'Location: https://app.example/login',
      ],
      body: '',
    },
  },
])

/** A refusal in the body before an integration: DEFAULT_5XX shows both ids. */
const default5xx: GoldenAnswer = {
  status: 599,
  headers: restHeaders('InternalServerErrorException'),
  body: '{"id":"{requestId}","extended":"{extendedRequestId}"}',
}

/** Every row of a REST API with gateway responses. */
export const customRows = [
  ...byDefault,
  ...byType,
  ...wireRows('custom', {
    // On a bare socket there is no request to show.
    requestMalformed: {
      fact: '3.45',
      want: default4xx('application/json', undefined, json4xx('', '', '""')),
    },
    requestTimeout: { fact: 'gate', want: restAnswers.requestTimeout },
    headersTooLarge: { fact: 'gate', want: restAnswers.headersTooLarge },
    bodyTooLarge: { fact: '3.46', want: restAnswers.bodyTooLarge },
    upstreamTimeout: {
      fact: '3.44',
      want: {
        status: 504,
        headers: restHeaders('InternalServerErrorException', 'text/plain'),
        body: 'too late',
      },
    },
    upstreamUnreachable: { fact: '3.45', want: default5xx },
    upstreamBroken: { fact: '3.45', want: default5xx },
    upstreamOverloaded: { fact: 'gate', want: restAnswers.overloaded },
    internal: { fact: '3.45', want: default5xx },
  }),
]

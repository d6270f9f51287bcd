import t from 'tap'
import { gatewayResponseSettings } from '../../src/config/gateway-responses.ts'
import type { PlainMap } from '../../src/config/leaf.ts'
import { createProblems } from '../../src/config/problem.ts'
import { cognitoAuthorizer, jwtAuthorizer } from '../helpers/authorizer-settings.ts'

const websocket = {
  closeAtExpiry: false,
  idleTimeoutMs: 1,
  pingIntervalMs: 0,
  maxConnections: 1,
  tokenQuery: 'ticket',
  tokenProtocolPrefix: 'bearer.',
} as const

const authorizers = [
  cognitoAuthorizer({ identitySource: { in: 'header', name: 'x-token' } }),
  jwtAuthorizer({ identitySource: { in: 'query', name: 'access_token' } }),
]

const read = (
  gatewayResponses: PlainMap,
  changes: { readonly apiType?: 'REST' | 'HTTP'; readonly tokenProtocolPrefix?: string } = {},
) => {
  const { apiType = 'REST', tokenProtocolPrefix = 'bearer.' } = changes
  const problems = createProblems()
  const top = {
    apiType,
    gatewayResponses,
    stageVariables: { origin: 'https://a.example', accent: 'é' },
    websocket: { ...websocket, tokenProtocolPrefix },
  }
  const settings = gatewayResponseSettings(top, authorizers, problems.report)
  return { settings, problems: problems.all().map(({ path, message }) => `${path}: ${message}`) }
}

t.test('entries become what is run', async (t) => {
  t.strictSame(read({}), { settings: {}, problems: [] })
  t.strictSame(
    read({
      DEFAULT_4XX: {},
      UNAUTHORIZED: {
        statusCode: '404',
        responseParameters: {
          'gatewayresponse.header.Access-Control-Allow-Origin': 'stageVariables.origin',
          'gatewayresponse.header.X-Id': 'context.requestId',
        },
        responseTemplates: {
          'application/json': '{\n\t"message": $context.error.messageString\n}',
          'text/html; charset=utf-8': '<p>no</p>',
        },
      },
    }),
    {
      settings: {
        DEFAULT_4XX: { status: undefined, headers: [], templates: [] },
        UNAUTHORIZED: {
          status: 404,
          headers: [
            {
              name: 'Access-Control-Allow-Origin',
              value: [{ from: 'literal', text: 'https://a.example' }],
            },
            { name: 'X-Id', value: [{ from: 'context', name: 'requestId' }] },
          ],
          templates: [
            {
              contentType: 'application/json',
              template: [
                { from: 'literal', text: '{\n\t"message": ' },
                { from: 'context', name: 'error.messageString' },
                { from: 'literal', text: '\n}' },
              ],
            },
            {
              contentType: 'text/html; charset=utf-8',
              template: [{ from: 'literal', text: '<p>no</p>' }],
            },
          ],
        },
      },
      problems: [],
    },
  )
})

t.test('HTTP APIs have none', async (t) => {
  t.strictSame(read({}, { apiType: 'HTTP' }), { settings: {}, problems: [] })
  t.strictSame(read({ UNAUTHORIZED: { statusCode: 9 } }, { apiType: 'HTTP' }), {
    settings: {},
    problems: [
      'gatewayResponses: is for REST APIs; HTTP APIs have no gateway responses. Remove it, or set apiType: REST',
    ],
  })
})

const parameters = (given: Readonly<Record<string, string>>) => ({
  UNAUTHORIZED: { responseParameters: given },
})

const templates = (given: Readonly<Record<string, string>>) => ({
  UNAUTHORIZED: { responseTemplates: given },
})

const at = 'gatewayResponses.UNAUTHORIZED'
const header = 'gatewayresponse.header.'

const cases: readonly (readonly [PlainMap, readonly string[]])[] = [
  [
    { UNAUTHORISED: {} },
    ['gatewayResponses.UNAUTHORISED: unknown gateway response type; did you mean UNAUTHORIZED?'],
  ],
  [{ UNAUTHORIZED: null }, [`${at}: has no value`]],
  [
    { UNAUTHORIZED: { statuscode: 404 } },
    [`${at}.statuscode: unknown key; did you mean statusCode?`],
  ],
  [
    { UNAUTHORIZED: { statusCode: 200 } },
    [
      `${at}.statusCode: 200 is not the status of a refusal; give 400 to 599, or 301, 302, 303, 307, 308 for a redirect`,
    ],
  ],
  [
    parameters({ 'integration.response.header.A': "'a'" }),
    [
      `${at}.responseParameters["integration.response.header.A"]: is no response parameter; write gatewayresponse.header.NAME`,
    ],
  ],
  [
    parameters({ 'gatewayresponse.path.id': "'a'", 'gatewayresponse.querystring.id': "'a'" }),
    [
      `${at}.responseParameters["gatewayresponse.path.id"]: has no meaning: an answer has headers, but no path; write gatewayresponse.header.NAME`,
      `${at}.responseParameters["gatewayresponse.querystring.id"]: has no meaning: an answer has headers, but no querystring; write gatewayresponse.header.NAME`,
    ],
  ],
  [
    parameters({
      [`${header}Content-Length`]: "'1'",
      [`${header}transfer-encoding`]: "'chunked'",
      [`${header}Connection`]: "'close'",
      [`${header}dAte`]: "'now'",
      [`${header}a b`]: "'x'",
    }),
    [
      `${at}.responseParameters["${header}Content-Length"]: Content-Length belongs to the connection and cannot be used here`,
      `${at}.responseParameters["${header}transfer-encoding"]: transfer-encoding belongs to the connection and cannot be used here`,
      `${at}.responseParameters["${header}Connection"]: Connection belongs to the connection and cannot be used here`,
      `${at}.responseParameters["${header}dAte"]: Date is written by the gate itself`,
      `${at}.responseParameters["${header}a b"]: "a b" is not a header name`,
    ],
  ],
  [
    parameters({ [`${header}X-A`]: "'1'", [`${header}x-a`]: "'2'" }),
    [`${at}.responseParameters["${header}x-a"]: x-a stands in the map already`],
  ],
  [
    parameters({ [`${header}X-A`]: "'é'", [`${header}X-B`]: 'stageVariables.accent' }),
    [
      `${at}.responseParameters["${header}X-A"]: a header value is plain ASCII without controls`,
      `${at}.responseParameters["${header}X-B"]: a header value is plain ASCII without controls`,
    ],
  ],
  [
    parameters({ [`${header}X-A`]: 'plain' }),
    [
      `${at}.responseParameters["${header}X-A"]: "plain" is neither a literal in single quotes nor a reference: 'text', method.request.header.NAME, method.request.querystring.NAME, method.request.path.NAME, context.NAME, stageVariables.NAME`,
    ],
  ],
  [
    templates({ json: '{}', 'text/html\r\nX: y': '' }),
    [
      `${at}.responseTemplates["text/html\\r\\nX: y"]: "text/html\\r\\nX: y" holds a control character`,
      `${at}.responseTemplates.json: "json" is not a content type such as application/json`,
    ],
  ],
  [
    templates({ 'application/json': '{"a":"$context.nothing"}' }),
    [
      `${at}.responseTemplates.application/json: refers to context.nothing, which is not one of $context's names`,
    ],
  ],
  [
    templates({ 'application/json': "$input.json('$')" }),
    [
      `${at}.responseTemplates.application/json: holds "$input"; VTL is not evaluated here, only references are`,
    ],
  ],
  [
    templates({ 'text/plain': '$context.authorizer.claims.sub' }),
    [
      `${at}.responseTemplates.text/plain: refers to the claim "sub"; a refusal has no claims to show`,
    ],
  ],
]

t.test('what cannot be meant is a problem at its place', async (t) => {
  for (const [given, want] of cases) t.strictSame(read(given).problems, want)
  t.match(read({ SOMETHING_ELSE: {} }).problems, [
    'gatewayResponses.SOMETHING_ELSE: unknown gateway response type; there are: ACCESS_DENIED, API_',
  ])
})

t.test('what carries credentials is never shown', async (t) => {
  const secrets = [
    'method.request.header.Authorization',
    'method.request.header.proxy-authorization',
    'method.request.multivalueheader.Cookie',
    'method.request.header.X-Token',
    'method.request.header.Sec-WebSocket-Protocol',
    'method.request.querystring.access_token',
    'method.request.querystring.ticket',
  ]
  const message = 'refers to what carries credentials; an answer never shows them'
  for (const secret of secrets) {
    t.strictSame(read(parameters({ [`${header}X-A`]: secret })).problems, [
      `${at}.responseParameters["${header}X-A"]: ${message}`,
    ])
    t.strictSame(read(templates({ 'text/plain': `a $${secret}` })).problems, [
      `${at}.responseTemplates.text/plain: ${message}`,
    ])
  }
  const plain = parameters({ [`${header}X-A`]: 'method.request.header.Sec-WebSocket-Protocol' })
  t.strictSame(read(plain, { tokenProtocolPrefix: '' }).problems, [], 'unless no token is there')
})

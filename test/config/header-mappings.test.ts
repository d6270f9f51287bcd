import t from 'tap'
import { headerMappings, type MappingSyntax } from '../../src/config/header-mappings.ts'
import { createProblems } from '../../src/config/problem.ts'

const read = (
  given: Readonly<Record<string, string>>,
  apiType: MappingSyntax['apiType'] = 'REST',
) => {
  const problems = createProblems()
  const syntax = { apiType, stageVariables: { env: 'prod', city: 'Zürich' } }
  const mappings = headerMappings(given, 'k', syntax, problems.report)
  return { mappings, problems: problems.all().map(({ path, message }) => `${path}: ${message}`) }
}

t.test('mappings of a REST API', async (t) => {
  t.strictSame(
    read({
      'integration.request.header.X-Sub': 'context.authorizer.claims.sub',
      'integration.request.header.X-Env': 'stageVariables.env',
      'integration.request.header.X-Lang': 'method.request.header.Accept-Language',
      'integration.request.header.Content-Type': "'text/plain'",
    }),
    {
      mappings: [
        { action: 'overwrite', name: 'X-Sub', expression: [{ from: 'claim', name: 'sub' }] },
        { action: 'overwrite', name: 'X-Env', expression: [{ from: 'literal', text: 'prod' }] },
        {
          action: 'overwrite',
          name: 'X-Lang',
          expression: [{ from: 'header', name: 'accept-language' }],
        },
        {
          action: 'overwrite',
          name: 'Content-Type',
          expression: [{ from: 'literal', text: 'text/plain' }],
        },
      ],
      problems: [],
    },
  )
})

t.test('mappings of an HTTP API', async (t) => {
  t.strictSame(
    read(
      {
        'overwrite:header.X-Sub': 'user ${context.authorizer.claims.sub}',
        'append:header.X-Path': '$request.path',
        'remove:header.X-Old': '',
      },
      'HTTP',
    ),
    {
      mappings: [
        {
          action: 'overwrite',
          name: 'X-Sub',
          expression: [
            { from: 'literal', text: 'user ' },
            { from: 'claim', name: 'sub' },
          ],
        },
        { action: 'append', name: 'X-Path', expression: [{ from: 'requestPath' }] },
        { action: 'remove', name: 'X-Old', expression: [] },
      ],
      problems: [],
    },
  )
})

const onlyHeaders =
  'only headers can be mapped here: the path and the query that were matched are what is forwarded'

t.test('what is no mapping of a header is refused, with the form to use', async (t) => {
  const httpForms = 'overwrite:header.NAME, append:header.NAME or remove:header.NAME'
  const cases = [
    ['REST', 'integration.request.path.proxy', 'method.request.path.proxy', onlyHeaders],
    ['REST', 'integration.request.querystring.a', "'a'", onlyHeaders],
    ['REST', 'integration.request.multivaluequerystring.a', "'a'", onlyHeaders],
    ['HTTP', 'overwrite:path', '/a', onlyHeaders],
    ['HTTP', 'append:querystring.a', 'b', onlyHeaders],
    [
      'REST',
      'overwrite:header.X-A',
      'a',
      'is the form of HTTP APIs; with apiType REST write integration.request.header.NAME',
    ],
    [
      'HTTP',
      'integration.request.header.X-A',
      "'a'",
      `is the form of REST APIs; with apiType HTTP write ${httpForms}`,
    ],
    ['REST', 'X-A', "'a'", 'is not of the form integration.request.header.NAME'],
    [
      'REST',
      'integration.request.header.',
      "'a'",
      'is not of the form integration.request.header.NAME',
    ],
    ['HTTP', 'header.X-A', 'a', `is not of the form ${httpForms}`],
    ['HTTP', 'remove:header.X-A', 'a', "removes a header, so it has no value; write ''"],
    [
      'HTTP',
      'overwrite:header.X-A',
      "'prod'",
      '"\'prod\'" is a literal of REST APIs; with apiType HTTP write prod',
    ],
    [
      'HTTP',
      'overwrite:header.X-A',
      'method.request.header.a',
      '"method.request.header.a" is the form of REST APIs; with apiType HTTP write "$request.header.a"',
    ],
    [
      'HTTP',
      'overwrite:header.X-A',
      'context.requestId',
      '"context.requestId" is the form of REST APIs; with apiType HTTP write "$context.requestId"',
    ],
    [
      'REST',
      'integration.request.header.X-A',
      'context.error.message',
      'refers to context.error.message; errors are known to gatewayResponses only',
    ],
    [
      'HTTP',
      'overwrite:header.X-A',
      '$stageVariables.other',
      'refers to stageVariables.other, which is not set; set it under stageVariables',
    ],
  ] as const
  for (const [apiType, key, text, want] of cases) {
    const place = /[.]/.test(key) ? `k["${key}"]` : `k.${key}`
    t.strictSame(read({ [key]: text }, apiType), { mappings: [], problems: [`${place}: ${want}`] })
  }
  t.match(read({ 'integration.request.header.X-A': '$context.path' }).problems, [
    /is neither a literal in single quotes nor a reference: 'text', method/,
  ])
})

t.test('names that cannot be mapped', async (t) => {
  const at = (name: string) => `k["overwrite:header.${name}"]`
  const cases = [
    ['Connection', 'Connection belongs to the connection and cannot be used here'],
    ['upgrade', 'upgrade belongs to the connection and cannot be used here'],
    ['a b', '"a b" is not a header name'],
    ['Proxy', 'Proxy is kept for the gate or for the body; choose another name'],
    [
      'X-Forwarded-For',
      'X-Forwarded-For is kept for the gate or for the body; choose another name',
    ],
    ['X-Gate-A', 'X-Gate-A is kept for the gate or for the body; choose another name'],
    ['X-Request-Id', 'X-Request-Id is kept for the gate or for the body; choose another name'],
    ['Content-Length', 'API Gateway lets no mapping set Content-Length'],
    ['X-Amzn-Trace-Id', 'API Gateway lets no mapping set X-Amzn-Trace-Id'],
  ] as const
  for (const [name, want] of cases) {
    t.strictSame(read({ [`overwrite:header.${name}`]: 'a' }, 'HTTP').problems, [
      `${at(name)}: ${want}`,
    ])
  }
  for (const name of ['Authorization', 'X-Forwarded-Prefix', 'X-Real-IP', 'Content-Type']) {
    t.strictSame(read({ [`overwrite:header.${name}`]: 'a' }, 'HTTP').problems, [], name)
  }
})

t.test('a REST API takes four names and fails with them later', async (t) => {
  for (const name of [
    'Content-Length',
    'Transfer-Encoding',
    'X-Amzn-Trace-Id',
    'X-Amzn-Apigateway-Api-Id',
  ]) {
    const { mappings, problems } = read({ [`integration.request.header.${name}`]: "'1'" })
    t.strictSame(problems, [])
    t.match(mappings, [{ action: 'overwrite', name }])
  }
})

t.test('the id of the request is what X-Request-Id holds anyway', async (t) => {
  const rest = { 'integration.request.header.x-request-id': 'context.requestId' }
  t.strictSame(read(rest), { mappings: [], problems: [] })
  const http = { 'overwrite:header.X-Request-Id': '$context.requestId' }
  t.strictSame(read(http, 'HTTP'), { mappings: [], problems: [] })
  for (const [key, text] of [
    ['append:header.X-Request-Id', '$context.requestId'],
    ['overwrite:header.X-Request-Id', '$context.requestId-a'],
    ['overwrite:header.X-Request-Id', '$context.path'],
    ['remove:header.X-Request-Id', ''],
  ] as const) {
    t.equal(read({ [key]: text }, 'HTTP').problems.length, 1, `${key} ${text}`)
  }
})

t.test('Host is a literal or is left alone', async (t) => {
  const rest = (text: string) => read({ 'integration.request.header.Host': text }).problems
  for (const text of ["'orders.internal:8080'", "'[::1]:80'", "'a_b'", 'stageVariables.env']) {
    t.strictSame(rest(text), [], text)
  }
  const want = [
    'k["integration.request.header.Host"]: Host can be overwritten with a literal such as orders.internal:8080 only',
  ]
  for (const text of [
    'method.request.header.X-Host',
    'context.domainName',
    "'a b'",
    "''",
    "'a/b'",
  ]) {
    t.strictSame(rest(text), want, text)
  }
  for (const [key, text] of [
    ['append:header.host', 'a'],
    ['remove:header.Host', ''],
    ['overwrite:header.Host', 'a$request.header.b'],
  ] as const) {
    t.match(read({ [key]: text }, 'HTTP').problems, [/: Host can be overwritten/], key)
  }
})

t.test('values and names are looked at together', async (t) => {
  t.strictSame(
    read(
      {
        'overwrite:header.X-A': '$stageVariables.city',
        'append:header.x_a': 'b',
        'overwrite:header.X-B': 'ä $request.path',
      },
      'HTTP',
    ).problems,
    [
      'k["overwrite:header.X-A"]: a header value is plain ASCII without controls',
      'k["overwrite:header.X-B"]: a header value is plain ASCII without controls',
      'k["append:header.x_a"]: an upstream may read x_a as the same name as k["overwrite:header.X-A"]',
    ],
  )
})

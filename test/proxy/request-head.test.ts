// The header lines that the upstream gets, from those that the client sent.
import t from 'tap'
import type { RequestFacts } from '../../src/core/request.ts'
import { foldHeaderName } from '../../src/core/header-name.ts'
import { createIdentityHeaders } from '../../src/identity/apply.ts'
import { systemClock } from '../../src/observe/clock.ts'
import {
  createRequestHead,
  type HeadPermit,
  type RequestHead,
} from '../../src/proxy/request-head.ts'
import { upstreamSettings } from '../helpers/forwarding.ts'

interface Given {
  readonly lines: readonly string[]
  readonly facts?: Partial<RequestFacts>
  readonly trusted?: boolean
  readonly preserveHost?: boolean
  readonly passHeaders?: readonly string[]
}

const headFor = (given: Given): RequestHead => makerFor(given)(factsOf(given), 'id-1', anonymous)

const anonymous = {
  identity: undefined,
  identitySource: undefined,
  route: { index: 0 },
} as unknown as HeadPermit

const makerFor = ({ trusted, preserveHost, passHeaders }: Given) =>
  createRequestHead({
    trustedProxies: trusted === true ? ['10.0.0.0/8'] : [],
    preserveHost: preserveHost ?? true,
    view: { apiType: 'REST', stage: '' },
    clock: systemClock,
    identity: createIdentityHeaders(
      {
        apiType: 'REST',
        claimEncoding: 'percent',
        claimHeaders: { 'X-Claim-Sub': ['sub'] },
        claimsHeader: '',
        authorizers: [],
        stripHeaders: [],
        passHeaders: passHeaders ?? [],
        forwardToken: true,
        upstream: upstreamSettings(1, { headers: ['X-Fixed', 'yes'] }),
      },
      [],
    ),
  })

const factsOf = ({ lines, facts }: Given): RequestFacts => ({
  method: 'GET',
  target: '/',
  rawHeaders: lines,
  connectionOptions: undefined,
  host: 'api.example.com',
  remoteAddress: '10.0.0.9',
  secure: false,
  httpVersion: '1.1',
  hasBody: false,
  contentLength: undefined,
  ...facts,
})

/** What is left of the client's lines: all before the gate's own. */
const clientLines = ({ headers }: RequestHead): readonly string[] =>
  headers.slice(0, headers.indexOf('X-Fixed'))

/** The gate's own lines. */
const ownLines = ({ headers }: RequestHead): readonly string[] =>
  headers.slice(headers.indexOf('X-Fixed') + 2)

t.test('the gate adds its own lines after the identity', async (t) => {
  t.strictSame(
    headFor({ lines: ['Accept', '*/*', 'Host', 'api.example.com', 'X-Claim-Sub', 'me'] }),
    {
      headers: [
        'Accept',
        '*/*',
        'X-Fixed',
        'yes',
        'Host',
        'api.example.com',
        'X-Forwarded-For',
        '10.0.0.9',
        'X-Forwarded-Proto',
        'http',
        'X-Forwarded-Host',
        'api.example.com',
        'X-Request-Id',
        'id-1',
      ],
      stripped: 1,
      expectsContinue: false,
    },
  )
})

t.test("the Host is the client's only when it is to be preserved", async (t) => {
  t.notOk(headFor({ lines: [], preserveHost: false }).headers.includes('Host'))
  t.notOk(headFor({ lines: [], facts: { host: undefined } }).headers.includes('Host'))
})

t.test('the length of a body is declared as the client declared it', async (t) => {
  const cases = [
    { given: { hasBody: true, contentLength: 7 }, want: ['Content-Length', '7'] },
    { given: { hasBody: true, contentLength: undefined }, want: [] },
    { given: { hasBody: false, contentLength: 0 }, want: [] },
  ]
  for (const { given, want } of cases) {
    const head = headFor({
      lines: ['Content-Length', '99', 'Transfer-Encoding', 'x'],
      facts: given,
    })
    t.strictSame(ownLines(head).slice(ownLines(head).indexOf('X-Request-Id') + 2), want)
    t.strictSame(clientLines(head), [])
  }
})

t.test("what belongs to the client's connection is dropped under every alias", async (t) => {
  const names = [
    'Connection',
    'Keep-Alive',
    'Proxy-Connection',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'transfer_encoding',
    'Transfer.Encoding',
    'Upgrade',
    'Proxy-Authenticate',
    'Proxy-Authorization',
    'HTTP2-Settings',
    'Expect',
    'Content-Length',
    'content_length',
    'Host',
    'Forwarded',
    'X-Request-Id',
    'x_request_id',
    'X-Real-IP',
    'X-Forwarded-For',
    'X_FORWARDED_FOR',
    'X.Forwarded~Proto',
    'X-Forwarded-Anything',
  ]
  const head = headFor({ lines: ['A', '1', ...names.flatMap((name) => [name, 'v']), 'B', '2'] })
  t.strictSame(clientLines(head), ['A', '1', 'B', '2'])
})

t.test("so is what Connection names, on the client's lines alone", async (t) => {
  const head = headFor({
    lines: ['X-Hop', '1', 'x-HOP', '2', 'Authorization', 'a', 'X-Stay', '3'],
    facts: {
      connectionOptions: new Set(['x-hop', 'authorization', 'x-fixed', 'x-forwarded-for', 'host']),
    },
  })
  t.strictSame(clientLines(head), ['X-Stay', '3'])
  t.strictSame(ownLines(head).slice(0, 4), [
    'Host',
    'api.example.com',
    'X-Forwarded-For',
    '10.0.0.9',
  ])
  t.ok(head.headers.includes('X-Fixed'))
})

t.test('a trusted peer is believed, in plain spelling', async (t) => {
  const head = headFor({
    trusted: true,
    lines: [
      ...['x-forwarded-for', '198.51.100.1'],
      ...['X-Forwarded-For', '198.51.100.2'],
      ...['X_Forwarded_For', '6.6.6.6'],
      ...['X-Forwarded-For', ''],
      ...['X-Forwarded-Proto', 'https'],
      ...['X-Forwarded-Host', 'www.example.com'],
      ...['X-Forwarded-Port', '443'],
      ...['X.Forwarded.Port', '22'],
      ...['X-Real-IP', '198.51.100.1'],
      ...['X_Real_IP', '6.6.6.6'],
      ...['Forwarded', 'for=6.6.6.6'],
      ...['X-Request-Id', 'theirs'],
    ],
  })
  t.strictSame(clientLines(head), ['X-Forwarded-Port', '443', 'X-Real-IP', '198.51.100.1'])
  t.strictSame(ownLines(head), [
    ...['Host', 'api.example.com'],
    ...['X-Forwarded-For', '198.51.100.1, 198.51.100.2, 10.0.0.9'],
    ...['X-Forwarded-Proto', 'https'],
    ...['X-Forwarded-Host', 'www.example.com'],
    ...['X-Request-Id', 'id-1'],
  ])
})

t.test(
  'the overrides among them are dropped whoever sends them, unless they are exempt',
  async (t) => {
    const lines = ['X-Forwarded-Uri', '/a', 'X-Forwarded-Method', 'PUT', 'x_forwarded_prefix', '/b']
    for (const trusted of [true, false]) {
      t.strictSame(clientLines(headFor({ lines, trusted })), [])
      t.strictSame(clientLines(headFor({ lines, trusted, passHeaders: ['X-Forwarded-Prefix'] })), [
        'x_forwarded_prefix',
        '/b',
      ])
    }
  },
)

t.test('a client that waits for 100 Continue is noticed', async (t) => {
  const cases = [
    { given: '100-continue', want: true },
    { given: '100-Continue', want: true },
    { given: '200-ok', want: false },
  ]
  for (const { given, want } of cases) {
    t.equal(headFor({ lines: ['Expect', given, 'expect', ''] }).expectsContinue, want, given)
  }
})

t.test('a flood of spellings neither confuses nor grows it', async (t) => {
  const make = makerFor({ lines: [] })
  for (let round = 0; round < 3; round += 1) {
    const junk = Array.from({ length: 1100 }, (_, index) => [
      `X-Junk-${round}-${index}`,
      'v',
    ]).flat()
    const long = `X-${'a'.repeat(100)}`
    const lines = [...junk, long, 'v', 'X-Forwarded-For', '6.6.6.6']
    const head = make(factsOf({ lines }), 'id', anonymous)
    t.equal(clientLines(head).length, junk.length + 2)
  }
})

t.test('no alias of a forwarding or framing header gets through', async (t) => {
  const seed = Date.now()
  let state = seed
  const random = (below: number): number => {
    state = (state * 1103515245 + 12345) % 2147483648
    return state % below
  }
  const make = makerFor({ lines: [] })
  const words = [
    'X-Forwarded-For',
    'X-Request-Id',
    'Transfer-Encoding',
    'Content-Length',
    'X-Real-IP',
  ]
  const marks = Array.from("!#$%&'*+-.^_`|~")
  for (let round = 0; round < 3000; round += 1) {
    const name = Array.from(words[random(words.length)]!)
      .map((each) => (each === '-' ? marks[random(marks.length)]! : each))
      .map((each) => (random(2) === 0 ? each.toUpperCase() : each.toLowerCase()))
      .join('')
    const { headers } = make(factsOf({ lines: [name, '6.6.6.6'] }), 'id', anonymous)
    if (headers.includes('6.6.6.6'))
      t.fail(`seed ${seed}: ${name} (${foldHeaderName(name)}) passed`)
  }
})

t.test('a trace goes on if it is one, whoever brings it; half of one does not', async (t) => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  const whole = ['tracestate', 'a=1', 'Traceparent', traceparent, 'tracestate', 'b=2']
  const malformed = [
    ['traceparent', `${traceparent}-x`, 'tracestate', 'a=1'],
    ['traceparent', traceparent, 'traceparent', traceparent, 'tracestate', 'a=1'],
    ['tracestate', 'a=1'],
    ['traceparent', 'x'.repeat(5000)],
  ]
  for (const trusted of [false, true]) {
    t.strictSame(clientLines(headFor({ lines: whole, trusted })), whole)
    for (const lines of malformed) {
      t.strictSame(clientLines(headFor({ lines: ['A', 'b', ...lines], trusted })), ['A', 'b'])
    }
  }
})

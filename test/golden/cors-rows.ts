// What an HTTP API with CORS answers: fact 5.33.
import { challenged, httpAnswers } from './answers.ts'
import { rowsOf, type GoldenAnswer } from './row.ts'

const from = (origin: string) => ['Origin', origin] as const
const app = from('https://app.example')
const preflight = ['Access-Control-Request-Method', 'POST'] as const

const allowed = [
  'access-control-allow-origin: https://app.example',
  'access-control-allow-credentials: true',
]

/** 204 with ids. */
const answered = (...cors: readonly string[]): GoldenAnswer => ({
  status: 204,
  headers: ['vary: Origin', ...cors, 'apigw-requestid: {requestId}'],
  body: '',
})

/** An answer that a page may read, or, without lines, may not. */
const dressed = (answer: GoldenAnswer, ...lines: readonly string[]): GoldenAnswer => ({
  ...answer,
  headers: [...answer.headers, 'vary: Origin', ...lines],
})

const readable = [...allowed, 'access-control-expose-headers: x-total']

const allowedPreflight = answered(
  ...allowed,
  'access-control-allow-methods: GET,POST',
  'access-control-allow-headers: authorization',
  'access-control-max-age: 300',
)

/** Every row of an HTTP API with CORS. */
export const corsRows = rowsOf('cors', [
  {
    fact: '5.33',
    name: 'a preflight of an allowed origin, for a protected path',
    denial: null,
    method: 'OPTIONS',
    path: '/orders',
    headers: [app, preflight],
    want: allowedPreflight,
  },
  {
    fact: '5.33',
    name: 'a preflight of an allowed origin, where there is no route',
    denial: null,
    method: 'OPTIONS',
    path: '/nothing',
    headers: [app, preflight],
    want: allowedPreflight,
  },
  {
    fact: '5.33',
    name: 'a preflight of another origin is told nothing',
    denial: null,
    method: 'OPTIONS',
    path: '/orders',
    headers: [from('https://evil.example'), preflight],
    want: answered(),
  },
  {
    fact: '3.77',
    name: 'OPTIONS that is no preflight',
    denial: 'no_route',
    method: 'OPTIONS',
    path: '/orders',
    headers: [app],
    want: dressed(httpAnswers.notFound, ...readable),
  },
  {
    fact: 'gate',
    name: 'a preflight for a path with two readings',
    denial: 'target_ambiguous',
    method: 'OPTIONS',
    path: '/orders/../denied',
    headers: [app, preflight],
    want: dressed(httpAnswers.badRequest, ...readable),
  },
  {
    fact: '3.70',
    name: 'a refusal that the page may read',
    denial: 'token_missing',
    path: '/partner',
    headers: [app],
    want: dressed(challenged('Bearer'), ...readable),
  },
  {
    fact: '3.70',
    name: 'a refusal that another page may not read',
    denial: 'token_missing',
    path: '/partner',
    headers: [from('https://evil.example')],
    want: dressed(challenged('Bearer')),
  },
  {
    fact: '5.33',
    name: 'an answer of the upstream that the page may read',
    denial: null,
    path: '/public',
    headers: [app],
    mapped: [],
    want: { status: 200, headers: ['vary: Origin', ...readable], body: 'ok' },
  },
])

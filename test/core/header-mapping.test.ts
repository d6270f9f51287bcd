import t from 'tap'
import type { Expression } from '../../src/core/expression.ts'
import {
  describesRequest,
  failsIntegration,
  keepsClientLines,
  speaksForGate,
  type HeaderMapping,
} from '../../src/core/header-mapping.ts'

const mapping = (
  expression: Expression,
  action: HeaderMapping['action'] = 'overwrite',
): HeaderMapping => ({ action, name: 'X-A', expression })

t.test('a header speaks for the gate when the client alone cannot say it', async (t) => {
  const cases: readonly { name: string; given: Expression; want: boolean }[] = [
    { name: 'a claim', given: [{ from: 'claim', name: 'sub' }], want: true },
    { name: 'a literal', given: [{ from: 'literal', text: '' }], want: true },
    { name: '$context', given: [{ from: 'context', name: 'httpMethod' }], want: true },
    { name: 'a header', given: [{ from: 'header', name: 'a' }], want: false },
    { name: 'a query parameter', given: [{ from: 'query', name: 'a' }], want: false },
    { name: 'a path parameter', given: [{ from: 'path', name: 'a' }], want: false },
    { name: 'the path', given: [{ from: 'requestPath' }], want: false },
    {
      name: 'two parts of the request',
      given: [{ from: 'requestPath' }, { from: 'query', name: 'a' }],
      want: false,
    },
    {
      name: 'a part of the request and a literal',
      given: [
        { from: 'header', name: 'a' },
        { from: 'literal', text: '-' },
      ],
      want: true,
    },
    { name: 'nothing', given: [], want: false },
  ]
  for (const { name, given, want } of cases) {
    t.equal(speaksForGate(mapping(given)), want, name)
    t.equal(keepsClientLines(mapping(given, 'append')), !want, `${name}, appended`)
    t.equal(keepsClientLines(mapping(given)), false, `${name}, overwritten`)
  }
  t.equal(keepsClientLines(mapping([], 'remove')), false)
})

t.test('four headers fail at the integration, under any alias', async (t) => {
  for (const name of [
    'Content-Length',
    'transfer_encoding',
    'X-Amzn-Trace-Id',
    'x-amzn-apigateway.API-id',
  ]) {
    t.equal(failsIntegration(name), true, name)
  }
  t.equal(failsIntegration('X-Amzn-Trace'), false)
})

t.test('what a request says of itself is no word of the gate’s, under any alias', async (t) => {
  for (const name of ['Accept', 'accept-language', 'Content_Type', 'user.agent']) {
    t.equal(describesRequest(name), true, name)
  }
  for (const name of ['Acceptance', 'X-Content-Type', 'Authorization']) {
    t.equal(describesRequest(name), false, name)
  }
})

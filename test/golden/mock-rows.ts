// What a REST API's mocks answer: fact 5.16.
import { restAnswers } from './answers.ts'
import { rowsOf, type GateName, type GoldenRow } from './row.ts'

const ids = ['x-amzn-RequestId: {requestId}', 'x-amz-apigw-id: {extendedRequestId}']

const rowsFor = (gate: GateName): readonly GoldenRow[] =>
  rowsOf(gate, [
    {
      fact: '5.16',
      name: 'a mock answers a preflight without a token',
      denial: null,
      method: 'OPTIONS',
      path: '/mock',
      headers: [
        ['Origin', 'https://app.example'],
        ['Access-Control-Request-Method', 'GET'],
      ],
      want: {
        status: 200,
        headers: [
          'Content-Type: application/json',
          'Access-Control-Allow-Origin: https://app.example',
          'Access-Control-Allow-Methods: GET,OPTIONS',
          ...ids,
        ],
        body: '',
      },
    },
    {
      fact: '5.16',
      name: 'a mock behind an authorizer, with a token',
      denial: null,
      path: '/mock',
      token: 'id',
      want: { status: 204, headers: ['Content-Type: text/plain', ...ids], body: '' },
    },
  ])

/** Every row of a mock. */
export const mockRows = [
  ...rowsFor('REST'),
  ...rowsFor('custom'),
  ...rowsOf('REST', [
    {
      fact: '3.10',
      name: 'a mock behind an authorizer, without a token',
      denial: 'token_missing',
      path: '/mock',
      want: restAnswers.unauthorized,
    },
    {
      fact: '3.15',
      name: 'a mock behind an authorizer, with an expired token',
      denial: 'token_expired',
      path: '/mock',
      token: 'idExpired',
      want: restAnswers.expired,
    },
    {
      fact: '3.31',
      name: 'a mapping that no integration survives',
      denial: 'internal',
      path: '/unusable',
      want: restAnswers.internal,
    },
  ]),
]

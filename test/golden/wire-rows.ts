// The situations that only a real connection can produce; every gate of the table is put into each.
import { maxBodyBytes, maxHeaderBytes } from './gates.ts'
import { rowsOf, type GateName, type GoldenAnswer, type GoldenRow } from './row.ts'
import { faultPath } from './start.ts'

export type Situation =
  | 'requestMalformed'
  | 'requestTimeout'
  | 'headersTooLarge'
  | 'bodyTooLarge'
  | 'upstreamTimeout'
  | 'upstreamUnreachable'
  | 'upstreamBroken'
  | 'upstreamOverloaded'
  | 'internal'

export interface Outcome {
  readonly fact: string
  readonly want: GoldenAnswer
}

/** The rows of one gate. */
export const wireRows = (
  gate: GateName,
  outcomes: Readonly<Record<Situation, Outcome>>,
): readonly GoldenRow[] => [
  ...limits(gate, outcomes),
  ...rowsOf(gate, [
    {
      ...outcomes.upstreamTimeout,
      name: 'an upstream that does not answer in time',
      denial: 'upstream_timeout',
      path: '/impatient',
      wireOnly: true,
      upstream: 'silent',
    },
    {
      ...outcomes.upstreamUnreachable,
      name: 'an upstream that takes no connection',
      denial: 'upstream_unreachable',
      path: '/public',
      wireOnly: true,
      upstream: 'refused',
    },
    {
      ...outcomes.upstreamBroken,
      name: 'an upstream that does not speak HTTP',
      denial: 'upstream_broken',
      path: '/public',
      wireOnly: true,
      upstream: 'broken',
    },
    {
      ...outcomes.upstreamOverloaded,
      name: 'an upstream whose connections are taken',
      denial: 'upstream_overloaded',
      path: '/public',
      wireOnly: true,
      upstream: 'busy',
    },
    {
      ...outcomes.internal,
      name: 'a fault in the gate itself',
      denial: 'internal',
      path: faultPath,
      wireOnly: true,
    },
  ]),
]

const limits = (
  gate: GateName,
  outcomes: Readonly<Record<Situation, Outcome>>,
): readonly GoldenRow[] =>
  rowsOf(gate, [
    {
      ...outcomes.requestMalformed,
      name: 'a head that the parser refuses',
      denial: 'request_malformed',
      path: '/public',
      wireOnly: true,
      bytes: 'GET /public HTTP/1.1\r\nHost : gate.example\r\n\r\n',
    },
    {
      ...outcomes.requestMalformed,
      name: 'a head without Host',
      denial: 'request_malformed',
      path: '/public',
      wireOnly: true,
      bytes: 'GET /public HTTP/1.1\r\nConnection: close\r\n\r\n',
    },
    {
      ...outcomes.requestTimeout,
      name: 'a head that does not end in time',
      denial: 'request_timeout',
      path: '/public',
      wireOnly: true,
      bytes: 'GET /public HTTP/1.1\r\nHost: gate.example\r\n',
    },
    {
      ...outcomes.headersTooLarge,
      name: 'a head over the limit',
      denial: 'headers_too_large',
      path: '/public',
      wireOnly: true,
      headers: [['X-Long', 'x'.repeat(maxHeaderBytes)]],
    },
    {
      ...outcomes.bodyTooLarge,
      name: 'a body over the limit',
      denial: 'body_too_large',
      method: 'POST',
      path: '/public',
      wireOnly: true,
      headers: [['Content-Length', String(maxBodyBytes + 1)]],
    },
  ])

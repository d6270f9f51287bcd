// What is forwarded, with the headers that requestParameters make: facts 4.1, 4.7 and 4.25; and faults
// of the upstream's own, which pass through: fact 3.32.
import { rowsOf, type GoldenAnswer } from './row.ts'

const ok: GoldenAnswer = { status: 200, headers: [], body: 'ok' }

const faulty: GoldenAnswer = { status: 500, headers: ['X-Own: 1'], body: 'broken' }

const rest = rowsOf('REST', [
  {
    fact: '4.7',
    name: 'a mapped value overwrites that of the client, and what is missing leaves no line',
    denial: null,
    path: '/mapped/7?q=two',
    headers: [
      ['X-Mapped-Literal', 'client'],
      ['x-mapped-query', 'client'],
      ['X-Mapped-Nothing', 'client'],
    ],
    mapped: ['X-Mapped-Literal: live', 'X-Mapped-Path: 7', 'X-Mapped-Query: two'],
    want: ok,
  },
  {
    fact: '4.1',
    name: 'claims are mapped by name',
    denial: null,
    path: '/mapped-claims',
    token: 'idOfTenant',
    headers: [['X-Mapped-Sub', 'client']],
    mapped: ['X-Mapped-Sub: jane', 'X-Mapped-Tenant: acme'],
    want: ok,
  },
  {
    fact: '4.1',
    name: 'a claim that is not there leaves no line, not even the one of the client',
    denial: null,
    path: '/mapped-claims',
    token: 'id',
    headers: [['X-Mapped-Tenant', 'client']],
    mapped: ['X-Mapped-Sub: jane'],
    want: ok,
  },
  {
    fact: '3.32',
    name: "an upstream's own fault passes through",
    denial: null,
    path: '/public',
    wireOnly: true,
    upstream: 'faulty',
    mapped: [],
    want: faulty,
  },
])

const http = rowsOf('HTTP', [
  {
    fact: '4.25',
    name: 'headers are overwritten, appended and removed',
    denial: null,
    path: '/mapped/7?q=two',
    headers: [
      ['X-Mapped-Joined', 'client'],
      ['X-Mapped-Added', 'client'],
      ['X-Mapped-Removed', 'client'],
      ['X-Mapped-Nothing', 'client'],
    ],
    mapped: ['X-Mapped-Added: client', 'X-Mapped-Joined: id-7/two', 'X-Mapped-Added: 7'],
    want: ok,
  },
  {
    fact: '4.25',
    name: 'claims are mapped by name',
    denial: null,
    path: '/mapped-claims',
    token: 'partnerOfTenant',
    headers: [['X-Mapped-Sub', 'client']],
    mapped: ['X-Mapped-Sub: jane', 'X-Mapped-Tenant: acme'],
    want: ok,
  },
  {
    fact: '4.25',
    name: 'a claim that is not there leaves no line, not even the one of the client',
    denial: null,
    path: '/mapped-claims',
    token: 'partner',
    headers: [['X-Mapped-Tenant', 'client']],
    mapped: ['X-Mapped-Sub: jane'],
    want: ok,
  },
  {
    fact: 'gate',
    name: "an upstream's own fault passes through",
    denial: null,
    path: '/public',
    wireOnly: true,
    upstream: 'faulty',
    mapped: [],
    want: faulty,
  },
])

/** Every row of a request that is forwarded. */
export const forwardedRows = [...rest, ...http]

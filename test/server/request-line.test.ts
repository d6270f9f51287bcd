import type { Socket } from 'node:net'
import t from 'tap'
import type { Decision } from '../../src/authorize.ts'
import { deny } from '../../src/core/denial.ts'
import { unmatchedRoute } from '../../src/core/route.ts'
import type { OpenRequest } from '../../src/server/connections.ts'
import { lineOf, socketLineOf } from '../../src/server/request-line.ts'
import { route } from './data-listener.ts'

const measured = {
  status: 200,
  verifyMs: 1,
  upstreamMs: 2,
  totalMs: 4,
  bytesIn: 100,
  bytesOut: 200,
}

const lineFor = (open: object) =>
  lineOf(
    {
      requestId: 'id',
      remoteAddress: '192.0.2.1',
      request: { method: 'GET', rawHeaders: [] },
      ...open,
    } as unknown as OpenRequest,
    measured,
  )

t.test('a permitted request is told with its route and its subject', async (t) => {
  const decision = {
    kind: 'authorized',
    identity: { claims: { sub: 'jane' } },
  } as unknown as Decision
  t.strictSame(lineFor({ route, decision }), {
    requestId: 'id',
    traceId: undefined,
    method: 'GET',
    route: route.label,
    template: route.path,
    denial: undefined,
    wouldDeny: undefined,
    cause: undefined,
    authorizer: 'pool',
    subject: 'jane',
    remoteAddress: '192.0.2.1',
    ...measured,
  })
})

t.test(
  'what would be refused has its code; where no route was matched there is none',
  async (t) => {
    const denial = deny('no_route')
    const decision = { kind: 'reported', denial, subject: 'joe' } as unknown as Decision
    const want = { route: unmatchedRoute.label, template: undefined, wouldDeny: 'no_route' }
    t.match(lineFor({ route: unmatchedRoute, decision }), { ...want, subject: 'joe' })
    t.match(lineFor({}), { route: 'none', template: undefined, subject: undefined })
  },
)

t.test('the method of a decision is that of the request it is about', async (t) => {
  t.match(lineFor({ facts: { method: 'DELETE' } }), { method: 'DELETE' })
})

t.test('of what never became a request there is its socket to tell', async (t) => {
  const socket = {
    remoteAddress: '::ffff:192.0.2.7',
    bytesRead: 3,
    bytesWritten: 5,
  } as unknown as Socket
  const denial = deny('request_malformed', { cause: 'why' })
  const refusal = { socket, requestId: 'id', method: '-', status: 400, denial }
  t.match(socketLineOf(refusal), {
    route: 'none',
    denial: 'request_malformed',
    cause: 'why',
    remoteAddress: '192.0.2.7',
    bytesIn: 3,
    bytesOut: 5,
  })
})

// What a client gets for a refusal through an edge proxy: the answer of the gate's own listener, to which
// the same bytes are sent.
import t, { type Test } from 'tap'
import { requestText } from '../../helpers/gate.ts'
import { startEdge, type Edge, type EdgeOptions, type StartProxy } from './edge.ts'

/** Every refusal that a decision can be, through the edge proxy and without it, for both kinds of API. */
export const testRefusals = (name: string, startProxy: StartProxy): void => {
  for (const apiType of ['REST', 'HTTP'] as const) {
    t.test(`${name} tells clients of refusals as an API of type ${apiType} does`, async (t) => {
      const edge = await startEdge(t, startProxy, { apiType })
      for (const { name, request, status } of refusals(edge)) {
        await t.test(name, (t) => isTold(t, edge, { request, status: status[apiType] }))
      }
    })
  }
}

interface Refusal {
  readonly name: string
  readonly request: string
  readonly status: Readonly<Record<NonNullable<EdgeOptions['apiType']>, number>>
}

const both = (status: number): Refusal['status'] => ({ REST: status, HTTP: status })

const refusals = ({ pool, lost }: Edge): readonly Refusal[] => {
  const get = (path: string, token?: string) =>
    requestText(`GET ${path}`, token === undefined ? [] : [`Authorization: Bearer ${token}`])
  const expired = pool.idToken({ exp: 1_000_000_000 })
  const scoped = pool.accessToken({ scope: 'other' })
  return [
    { name: 'token_missing', request: get('/protected'), status: both(401) },
    { name: 'token_expired', request: get('/protected', expired), status: both(401) },
    {
      name: 'scope_insufficient',
      request: get('/orders/7', scoped),
      status: { REST: 401, HTTP: 403 },
    },
    {
      name: 'group_insufficient',
      request: get('/admin/x', pool.idToken()),
      status: both(403),
    },
    { name: 'route_denied', request: get('/denied'), status: both(403) },
    { name: 'no_route', request: get('/nowhere'), status: { REST: 403, HTTP: 404 } },
    { name: 'target_ambiguous', request: get('/public/%252e%252e/x'), status: both(400) },
    { name: 'keys_unavailable', request: get('/lost/x', lost.idToken()), status: both(503) },
  ]
}

const isTold = async (
  t: Test,
  { strike, askGate }: Edge,
  { request, status }: Pick<Refusal, 'request'> & { readonly status: number },
): Promise<void> => {
  const { answer, reached } = await strike(request)
  t.equal(reached, '')
  const direct = told(await askGate(request))
  t.equal(direct.status, status)
  t.strictSame(told(answer), direct)
}

/** What a client may act on. */
const told = (answer: string) => {
  const [head = '', body] = answer.split('\r\n\r\n')
  const valuesOf = (name: string): readonly string[] =>
    [...head.matchAll(new RegExp(`^${name}: *(.*?)\\r?$`, 'gim'))].map(([, value]) => value ?? '')
  return {
    status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? 0),
    contentType: valuesOf('content-type'),
    errorType: valuesOf('x-amzn-errortype'),
    challenge: valuesOf('www-authenticate'),
    retries: valuesOf('retry-after').length,
    gates: [...head.matchAll(/^x-gate-[^:]*/gim)].map(([name]) => name),
    body,
  }
}

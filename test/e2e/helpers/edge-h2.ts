// Clients that speak HTTP/2 to an edge proxy, which asks and forwards with HTTP/1.1: what one of the two says
// in pseudo-headers, the other has in a request line.
import t, { type Test } from 'tap'
import { valuesOf } from '../../helpers/gate.ts'
import type { EdgeTraits } from './edge-tests.ts'
import { startEdge, type Edge, type StartProxy } from './edge.ts'
import { sendH2, type Fields } from './raw-h2.ts'

/** `startProxy` starts it so that it speaks HTTP/2 without TLS. */
export const testH2 = (
  name: string,
  startProxy: StartProxy,
  { keepsTrailers }: Pick<EdgeTraits, 'keepsTrailers'>,
): void => {
  t.test(`${name} has one reading of HTTP/2`, async (t) => {
    const edge = await startEdge(t, startProxy)
    await t.test('pseudo-headers', (t) => readsOnce(t, edge))
    await t.test('fields', (t) => believesNobody(t, edge, keepsTrailers === undefined))
  })
}

const head = (changes: Readonly<Record<string, string>> = {}, more: Fields = []): Fields => [
  ...Object.entries({
    ':method': 'GET',
    ':scheme': 'http',
    ':authority': 'gate',
    ':path': '/public/x',
    ...changes,
  }),
  ...more,
]

const hostile: readonly Fields[] = [
  head({ ':path': '/public/../admin/x' }),
  head({ ':path': '/public/x HTTP/1.1\r\nX-Claim-Sub: root\r\nX: y' }),
  head({ ':path': 'admin/x' }),
  head({ ':path': 'http://gate/admin/x' }),
  head({ ':path': '*' }),
  head({ ':path': '' }),
  head({ ':method': 'GET /admin/x' }),
  head({ ':method': 'GET /admin/x HTTP/1.1\r\nX: y' }),
  head({ ':scheme': 'http://gate/admin/x?' }),
  head({ ':authority': 'gate/admin/x?' }),
  head({ ':authority': 'gate/admin/x#' }),
  head({}, [[':path', '/admin/x']]),
  head({ ':path': '/admin/x' }, [[':path', '/public/x']]),
  head({}, [['host', 'other/admin/x?']]),
  head({ ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/admin/x' }),
]

const readsOnce = async (t: Test, { port, reachedBy }: Edge): Promise<void> => {
  t.match(await reachedBy(() => sendH2(port, head())), /^GET \/public\/x HTTP\/1\.1\r\n/)
  for (const fields of hostile) {
    const reached = await reachedBy(() => sendH2(port, fields))
    const [line = ''] = reached.split('\r\n')
    t.match(line, /^(?:GET \/public\/x HTTP\/1\.1)?$/, JSON.stringify(fields))
    t.notMatch(valuesOf(reached, 'Host').join(), /admin/)
    t.notMatch(reached, /root/)
  }
  for (const path of ['/public/x#/admin/x', '/public/x /admin/x']) {
    const [line = ''] = (await reachedBy(() => sendH2(port, head({ ':path': path })))).split('\r\n')
    t.match(line, /^(?:GET \/public\/x%2[03]\/admin\/x HTTP\/1\.1)?$/, path)
  }
}

const believesNobody = async (t: Test, edge: Edge, trailers: boolean): Promise<void> => {
  const { port, reachedBy, pool } = edge
  const token = ['authorization', `Bearer ${pool.idToken({ sub: 'honest', email: undefined })}`]
  const as = (...more: Fields): Fields =>
    head({ ':path': '/protected' }, [token as unknown as Fields[number], ...more])
  t.strictSame(valuesOf(await reachedBy(() => sendH2(port, as())), 'X-Claim-Sub'), ['honest'])
  for (const more of [
    [['x-claim-sub', 'root']],
    [['X-Claim-Sub', 'root']],
    [['x_claim_sub', 'root']],
    [['x.claim.email', 'root']],
    [['connection', 'x-claim-sub']],
    [['x-a', 'b\r\nx-claim-sub: root']],
    [['x-a: b\r\nx-claim-sub', 'root']],
    [['x-forwarded-uri', '/public/root']],
    [['x-original-method', 'root']],
  ] satisfies Fields[]) {
    const reached = await reachedBy(() => sendH2(port, as(...more)))
    t.notMatch(reached, /root/, more.join())
    if (reached !== '') t.strictSame(valuesOf(reached, 'X-Claim-Sub'), ['honest'], more.join())
  }
  if (!trailers) return
  const post = as().map(([name, value]) => [name, name === ':method' ? 'POST' : value] as const)
  const reached = await reachedBy(() => sendH2(port, post, [['x-claim-sub', 'root']]))
  t.notMatch(reached, /root/, 'trailers')
}

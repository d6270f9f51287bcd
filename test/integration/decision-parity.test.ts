// External authorization beside the gate's own listener: the same requests to both, and what one forwards
// the other permits, what one refuses the other refuses in the same words.
import t, { type Test } from 'tap'
import { decisions, questions, readAnswer, ways, type Asked } from '../helpers/decisions.ts'
import { headerLines, requestText, startGate, usualRoutes, type Gate } from '../helpers/gate.ts'

const routes = `${decisions}${usualRoutes}
  - { path: '/orders/{id}', method: [GET, HEAD], authorizer: pool, authorizationScopes: [orders/read] }
  - { path: /files, method: ANY, authorizer: pool, allowEncodedSlash: true }
  - { path: /mapped, method: GET, authorizer: pool, requestParameters: { integration.request.header.X-Team: "'red'" } }
`

const bearer = (token: string) => `Authorization: Bearer ${token}`

const ids = ['x-amzn-requestid', 'x-amz-apigw-id', 'date', 'connection', 'keep-alive']

/** An answer without what no two have in common. */
const comparable = (text: string) => {
  const { status, headers, body } = readAnswer(text)
  const kept = Object.entries(headers).filter(([name]) => !ids.includes(name))
  return { status, headers: Object.fromEntries(kept), body }
}

const asLowerLines = (lines: readonly string[]) =>
  lines.map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase()))

/** The same to the gate's own listener: what is forwarded there must be 200, and the rest the same. */
const compare = async (t: Test, gate: Gate, asked: Asked) => {
  const { method = 'GET', target, headers } = asked
  const before = gate.upstream.received.length
  const own = await gate.exchange(requestText(`${method} ${target}`, headers))
  const reached = gate.upstream.received.slice(before).join('')
  const said = `${method} ${target} ${(headers ?? []).join(' ').slice(0, 40)}`
  for (const way of ways) {
    const answer = comparable(await gate.ask(questions[way](asked)))
    if (reached !== '') {
      t.equal(answer.status, 200, `${way}: ${said}`)
      const told = Object.entries(answer.headers).filter(([name]) => /^x-(?:claim|team)/.test(name))
      t.strictSame(
        told.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}`),
        asLowerLines(headerLines(reached)).filter((line) => /^x-(?:claim|team)/.test(line)),
        `${way}: ${said}`,
      )
      continue
    }
    const want = comparable(own)
    t.notSame(want.status, 200)
    if (way === 'original') Object.assign(want.headers, { 'x-gate-body': answer.body })
    if (way === 'original' && want.status !== 401) {
      Object.assign(want.headers, { 'x-gate-status': String(want.status) })
      want.status = 403
    }
    if (method === 'HEAD' && way !== 'request') want.body = answer.body
    if (way === 'original') Object.assign(want.headers, { 'x-gate-body': want.body })
    t.strictSame(answer, want, `${way}: ${said}`)
  }
}

t.test('every decision is that of the gate’s own listener', async (t) => {
  const gate = await startGate(t, routes)
  const { pool } = gate
  const good = bearer(pool.idToken({ sub: 's' }))
  const tokens = {
    none: [],
    good: [good],
    'an access token': [bearer(pool.accessToken({ scope: 'orders/read' }))],
    'an access token without the scope': [bearer(pool.accessToken({ scope: 'other' }))],
    'an admin': [bearer(pool.idToken({ 'cognito:groups': ['admins'] }))],
    expired: [bearer(pool.idToken({ exp: 1_000_000_000 }))],
    garbage: [bearer('garbage')],
    forged: [`${good.slice(0, -6)}AAAAAA`],
    two: [good, good],
    'a spoofed header': [good, 'X-Claim-Sub: root', 'X-Claim-Email: root@example.com'],
  }
  const targets = [
    '/protected',
    '/admin/x',
    '/orders/7',
    '/public/x',
    '/denied',
    '/nowhere',
    '/mapped',
  ]
  for (const headers of Object.values(tokens)) {
    for (const target of targets) await compare(t, gate, { target, headers })
  }
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'PROPFIND']) {
    for (const target of ['/orders/7', '/protected', '/public/x']) {
      await compare(t, gate, { method, target, headers: [good] })
    }
  }
})

t.test('so it is for paths that could be read in two ways', async (t) => {
  const gate = await startGate(t, routes)
  const headers = [bearer(gate.pool.idToken({ sub: 's' }))]
  for (const target of [
    ...['/protected/', '/PROTECTED', '/%70rotected', '/protected;a', '/protected?a=%2F..#'],
    ...['/public/../protected', '/public/%2e%2e/protected', '/public//x', '//public/x', '/./x'],
    ...['/public/a%2Fb', '/public/a%5Cb', '/public/%00', '/public/%252e', '/public/;/x', '/;'],
    ...[
      '/public/x?a=b&c',
      '/public/x?/../y',
      '/public/a;b=c',
      '/public/%E2%82%AC',
      '/public/..;/x',
    ],
    ...['http://gate/public/x', '*', 'public/x', '/public/\\x', '/', '/public/x#y', '/files%2Fa'],
  ]) {
    // A question in Envoy's way begins with a slash, or is none.
    if (!target.startsWith('/')) continue
    await compare(t, gate, { target, headers })
    await compare(t, gate, { target })
  }
})

// A claim whose value ends the header line and begins another, that breaks the client library (Node's
// ERR_INVALID_CHAR; http-proxy threw it), or that forges an element of a list by a comma.
import t from 'tap'
import { strike, ways } from '../helpers/attack.ts'
import { headerLines, startGate, usualRoutes, valuesOf } from '../helpers/gate.ts'

const claims = {
  sub: 'honest',
  email: 'x\r\nX-Claim-Sub: admin\r\n\r\nGET /admin/x HTTP/1.1',
  'cognito:username': '日本 \u0000 %0d%0a\u2028é',
  'cognito:groups': ['a,admins', 'b\r\nX-Claim-Sub: admin', ' c '],
  scope: 'x'.repeat(9000),
}

const arrived = (reached: string) => ({
  sub: valuesOf(reached, 'X-Claim-Sub'),
  email: valuesOf(reached, 'X-Claim-Email'),
  username: valuesOf(reached, 'X-Claim-Username'),
  groups: valuesOf(reached, 'X-Claim-Groups'),
  scopeLength: valuesOf(reached, 'X-Claim-Scope').join().length,
  requests: reached.split('\r\n').filter((line) => line.startsWith('GET ')).length,
})

const wanted = {
  percent: {
    sub: ['honest'],
    email: ['x%0D%0AX-Claim-Sub: admin%0D%0A%0D%0AGET /admin/x HTTP/1.1'],
    username: ['%E6%97%A5%E6%9C%AC %00 %250d%250a%E2%80%A8%C3%A9'],
    groups: ['a%2Cadmins,b%0D%0AX-Claim-Sub: admin,%20c%20'],
    scopeLength: 9000,
    requests: 1,
  },
  utf8: {
    sub: ['honest'],
    email: ['x%0D%0AX-Claim-Sub: admin%0D%0A%0D%0AGET /admin/x HTTP/1.1'],
    // The bytes as they are, one character each.
    username: [`${Buffer.from('日本').toString('latin1')} %00 %0d%0a\xe2\x80\xa8\xc3\xa9`],
    groups: ['a,admins,b%0D%0AX-Claim-Sub: admin, c'],
    scopeLength: 9000,
    requests: 1,
  },
}

for (const encoding of ['percent', 'utf8'] as const) {
  t.test(`whatever a claim holds, it stays one value of one line: ${encoding}`, async (t) => {
    const gate = await startGate(t, `claimEncoding: ${encoding}\n${usualRoutes}`)
    const authorization = `Authorization: Bearer ${gate.pool.idToken(claims)}`
    for (const { name, text } of ways) {
      const { status, reached } = await strike(gate, text('/protected', [authorization]))
      t.equal(status, 200, name)
      t.strictSame(arrived(reached), wanted[encoding], name)
      t.ok(
        headerLines(reached).every((line) => /^[\w-]+: ?[^\x00-\x1f\x7f]*$/.test(line)),
        name,
      )
    }
  })
}

t.test('a claim set that is too large is a token that is too large', async (t) => {
  const gate = await startGate(t)
  const token = gate.pool.idToken({ scope: 'x'.repeat(20_000) })
  for (const { name, text } of ways) {
    const outcome = await strike(gate, text('/protected', [`Authorization: ${token}`]))
    t.match(outcome, { status: 401, reached: '' }, name)
  }
  t.match(gate.logged.join(''), 'token_too_large')
})

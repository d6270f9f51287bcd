// External authorization in the gate as an operator runs it: what an edge proxy is told, and that it is
// what the gate's own listener would have done.
import { connect } from 'node:net'
import { once } from 'node:events'
import t from 'tap'
import { decide, decisions, questions, ways } from '../helpers/decisions.ts'
import { startGate, usualRoutes, type Gate } from '../helpers/gate.ts'
import { until } from '../helpers/raw-upstream.ts'
import { handshake } from '../helpers/raw-websocket.ts'

const routes = `${decisions}${usualRoutes}
  - { path: '/orders/{id}', method: [GET, HEAD], authorizer: pool, authorizationScopes: [orders/read] }
  - { path: /files, method: ANY, authorizer: pool, allowEncodedSlash: true }
  - { path: /mapped, method: GET, authorizer: pool, requestParameters: { integration.request.header.X-Team: "'red'" } }
`

const names = {
  'x-claim-issuer': '',
  'x-claim-sub': '',
  'x-claim-username': '',
  'x-claim-email': '',
  'x-claim-email-verified': '',
  'x-claim-groups': '',
  'x-claim-scope': '',
  'x-claim-client-id': '',
  'x-team': '',
}

const bearer = (token: string) => `Authorization: Bearer ${token}`

t.test('what an edge proxy is told', async (t) => {
  const gate = await startGate(t, routes)

  await t.test('a 200 names every header, those of absent claims empty', async (t) => {
    const token = gate.pool.idToken({ sub: 's', email: undefined, 'cognito:groups': ['a', 'b,c'] })
    for (const way of ways) {
      const { status, headers, body } = await decide(gate, way, {
        target: '/protected?x=1',
        headers: [bearer(token)],
      })
      t.equal(status, 200)
      t.equal(body, '')
      t.match(headers, {
        ...names,
        'x-claim-issuer': gate.pool.issuer,
        'x-claim-sub': 's',
        'x-claim-username': 'jane',
        'x-claim-email-verified': 'true',
        'x-claim-groups': 'a,b%2Cc',
        'x-claim-client-id': 'app',
        'x-envoy-auth-headers-to-remove': 'X-Claim-Email,X-Claim-Scope,X-Team,X-Gate-Would-Deny',
        'cache-control': 'no-store',
        'content-length': '0',
      })
    }
  })

  await t.test('on a public route they are all empty, whatever token comes along', async (t) => {
    for (const way of ways) {
      const headers = [bearer(gate.pool.idToken())]
      const answer = await decide(gate, way, { target: '/public/x', headers })
      t.match(answer, { status: 200, headers: names })
    }
  })

  await t.test('what a route maps goes along', async (t) => {
    const headers = [bearer(gate.pool.idToken({ sub: 's' }))]
    const answer = await decide(gate, 'request', { target: '/mapped', headers })
    t.match(answer, { status: 200, headers: { 'x-team': 'red', 'x-claim-sub': 's' } })
  })

  await t.test('a target that is not in origin-form is refused in each way', async (t) => {
    for (const target of ['http://gate/public/x', '*', 'public/x', '?x', '']) {
      for (const way of ways) {
        const { status, headers } = await decide(gate, way, { target })
        t.equal(way === 'original' ? headers['x-gate-status'] : String(status), '400', way + target)
      }
    }
  })
})

t.test('a base path is part of the original target', async (t) => {
  const gate = await startGate(t, `basePath: /prod\n${routes}`)
  for (const way of ways) {
    t.equal((await decide(gate, way, { target: '/prod/public/x' })).status, 200)
    const { status, headers } = await decide(gate, way, { target: '/public/x' })
    t.equal(headers['x-gate-status'] ?? String(status), '403')
  }
})

t.test('the token of a handshake may be where only handshakes have it', async (t) => {
  const gate = await startGate(
    t,
    `${routes}websocket: { tokenQuery: access_token, tokenProtocolPrefix: bearer. }\n`,
  )
  const token = gate.pool.idToken({ sub: 's' })
  const [, ...lines] = handshake('/').split('\r\n')
  const left = lines.filter((line) => line.startsWith('Sec-'))
  const query = { target: `/protected?access_token=${token}` }
  const protocol = [...left, `Sec-WebSocket-Protocol: chat, bearer.${token}`]
  for (const way of ways) {
    const asked = { ...query, headers: left }
    t.match(await decide(gate, way, asked), { status: 200, headers: { 'x-claim-sub': 's' } }, way)
    t.equal((await decide(gate, way, { target: '/protected', headers: protocol })).status, 200)
    t.equal((await decide(gate, way, query)).status, 401, 'no handshake')
    t.equal((await decide(gate, way, { ...asked, method: 'POST' })).status, 401, 'no handshake')
    const both = { ...query, headers: protocol }
    t.equal((await decide(gate, way, both)).status, 401, 'a token in two places')
  }
})

t.test('the answers of an HTTP API, to pages as well', async (t) => {
  const cors = `cors: { allowOrigins: ['https://page.example'], allowMethods: [GET] }\n`
  const gate = await startGate(t, `apiType: HTTP\n${cors}${decisions}${usualRoutes}`)
  const page = 'Origin: https://page.example'
  const { status, headers, body } = await decide(gate, 'forwarded', {
    target: '/protected',
    headers: [page],
  })
  t.match(
    { status, headers, body },
    {
      status: 401,
      headers: {
        'www-authenticate': 'Bearer',
        'access-control-allow-origin': 'https://page.example',
      },
      body: '{"message":"Unauthorized"}',
    },
  )
  const aliased = await decide(gate, 'original', {
    target: '/public/x',
    headers: ['X_Claim_Sub: a'],
  })
  t.match(aliased, {
    status: 403,
    headers: { 'x-gate-status': '403' },
    body: '{"message":"Forbidden"}',
  })
  const preflight = await decide(gate, 'request', {
    method: 'OPTIONS',
    target: '/protected',
    headers: [page, 'Access-Control-Request-Method: GET'],
  })
  t.equal(preflight.status, 401, 'a preflight is judged like any request: the edge answers it')
})

t.test('a mock is refused, for its answer is not the edge proxy’s to give', async (t) => {
  const mock = '{ path: /m, method: OPTIONS, authorizationType: NONE, mock: { statusCode: 204 } }'
  const gate = await startGate(t, `${decisions}${usualRoutes}  - ${mock}\n`)
  const answer = await decide(gate, 'request', { method: 'OPTIONS', target: '/m' })
  t.match(answer, {
    status: 403,
    body: '{"Message":"User is not authorized to access this resource"}',
  })
})

t.test('who is not a trusted peer learns nothing', async (t) => {
  const gate = await startGate(
    t,
    `decision: { enabled: true, port: 0, trustedPeers: [192.0.2.7/32] }\n${usualRoutes}`,
  )
  const token = bearer(gate.pool.idToken())
  for (const way of ways) {
    for (const target of ['/protected', '/public/x', '/public/../x']) {
      const headers = [token, 'X-Forwarded-For: 192.0.2.7', 'Forwarded: for=192.0.2.7']
      const { status, headers: said, body } = await decide(gate, way, { target, headers })
      t.equal(status, 403)
      t.equal(body, '{"message":"Forbidden"}')
      t.notOk(Object.keys(said).some((name) => name.startsWith('x-claim')))
    }
  }
  const { text } = await metricsOf(gate)
  t.match(text, 'requests_refused_early_total{reason="peer_untrusted"} 9\n')
  t.notMatch(text, /authorizations_total\{route="ANY \/protected"[^}]*\} [^0]/)
})

const metricsOf = async (gate: Gate) => {
  const answer = await fetch(`http://127.0.0.1:${gate.adminPort}/metrics`)
  return { text: (await answer.text()).replaceAll('cognito_gate_', '') }
}

t.test('decisions are authorizations, and no requests', async (t) => {
  const gate = await startGate(t, routes)
  const headers = [bearer(gate.pool.idToken())]
  await decide(gate, 'original', { target: '/protected', headers })
  await decide(gate, 'forwarded', { target: '/protected', headers })
  await decide(gate, 'forwarded', { target: '/protected' })
  await decide(gate, 'request', { target: '/public/..' })
  await decide(gate, 'request', { target: '/nowhere' })
  await decide(gate, 'request', { target: '/public/x', headers: ['X.Claim.Sub: a'] })
  const { text } = await metricsOf(gate)
  for (const line of [
    'authorizations_total{route="ANY /protected",authorizer="pool",outcome="allow",reason=""} 2',
    'authorizations_total{route="ANY /protected",authorizer="pool",outcome="deny",reason="token_missing"} 1',
    'authorizations_total{route="none",authorizer="none",outcome="deny",reason="no_route"} 1',
    'requests_refused_early_total{reason="target_ambiguous"} 1',
    'requests_refused_early_total{reason="header_aliased"} 1',
    'token_cache_lookups_total{result="hit"} 1',
    'gate_overhead_seconds_count 6',
    'requests_in_flight 0',
  ]) {
    t.match(text, `\n${line}\n`)
  }
  t.notMatch(text, /\nrequests_total\{/)
  t.match(gate.logged.join(''), '"listener":"decision"')
  const refused = gate.logged.filter((line) => line.includes('request refused'))
  t.equal(refused.length, 4)
  t.match(refused[1], '"denial":"target_ambiguous"')
})

t.test('a drain waits for decisions too, and lets kept connections go', async (t) => {
  const gate = await startGate(t, routes)
  const socket = connect(gate.decisionPort, '127.0.0.1')
  t.teardown(() => socket.destroy())
  let text = ''
  socket.on('data', (chunk) => (text += chunk.toString()))
  const ask = () => socket.write('GET /auth/request/public/x HTTP/1.1\r\nHost: gate\r\n\r\n')
  ask()
  await until(() => text.includes('200 OK'), 'an answer')
  t.notMatch(text, 'Connection: close')
  const stopped = gate.stop(60)
  text = ''
  ask()
  await once(socket, 'close')
  t.match(text, /^HTTP\/1\.1 200 OK[^]*Connection: close/)
  t.strictSame(await stopped, { cut: 0 })
  await t.rejects(
    gate.ask(questions.request({ target: '/public/x' })).then((answer) => {
      if (answer === '') throw new Error('nobody listens')
    }),
  )
})

// A web page that the operator has open makes its own name stand for 127.0.0.1 (DNS rebinding), or asks
// for the status page across origins. The browser sends what it is told to; the answer has to say nothing.
import t from 'tap'
import { connectTo, parseAnswers } from '../server/data-listener.ts'
import { startGate } from '../helpers/gate.ts'

t.test('no page but its own reads the status page', async (t) => {
  const { statusPort: port } = await startGate(
    t,
    `
statusPage: { enabled: true, port: 0 }
routes:
  - { path: /very-secret-template, method: GET, authorizer: pool }
`,
  )
  const own = `Host: localhost:${port}`
  for (const [name, lines, status] of [
    ['the operator', [own], 200],
    ['the page itself', [own, 'Sec-Fetch-Site: same-origin'], 200],
    ['a forwarded port', ['Host: 127.0.0.1:18000'], 200],
    ['a rebound name', [`Host: rebound.evil.example:${port}`], 421],
    [
      'a rebound name, from its own page',
      ['Host: evil.example', 'Sec-Fetch-Site: same-origin'],
      421,
    ],
    ['a name that holds ours', [`Host: localhost.evil.example:${port}`], 421],
    ['another page, by CORS', [own, 'Origin: https://evil.example'], 403],
    ['a sandboxed frame', [own, 'Origin: null'], 403],
    ['another page, by a script element', [own, 'Sec-Fetch-Site: cross-site'], 403],
    ['a page on another port of localhost', [own, 'Sec-Fetch-Site: same-site'], 403],
    [
      'a frame of another page',
      [own, 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe'],
      403,
    ],
  ] as const) {
    for (const path of ['/', '/status']) {
      const client = connectTo(t, port)
      client.send([`GET ${path} HTTP/1.1`, ...lines, 'Connection: close', '', ''].join('\r\n'))
      const [answer] = parseAnswers(await client.ended)
      t.equal(answer?.status, status, `${name} gets ${path}`)
      t.equal(answer?.body.includes('very-secret-template'), status === 200)
      t.notOk('access-control-allow-origin' in (answer?.headers ?? {}))
      t.match(answer?.headers['content-security-policy'], "frame-ancestors 'none'")
    }
  }
})

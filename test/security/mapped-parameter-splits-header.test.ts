// A query or path parameter that holds CR LF once it is decoded, mapped to a header: the rest would be
// a header of the attacker's, or a request of its own (CWE-113).
import t from 'tap'
import { headerLines, requestText, startGate, valuesOf } from '../helpers/gate.ts'

const routes = `
apiType: HTTP
routes:
  - path: '/a/{id}'
    method: GET
    authorizationType: NONE
    requestParameters:
      overwrite:header.X-Query: $request.querystring.q
      overwrite:header.X-Path: $request.path.id
      append:header.X-Both: '\${request.querystring.q}\${request.path.id}'
`

t.test('what is decoded stays in its header', async (t) => {
  const gate = await startGate(t, routes)
  const attack = 'x%0d%0aX-Admin:%201%0d%0a%0d%0aGET%20/admin%20HTTP/1.1%0d%0a%00%c3%a9'
  const answer = await gate.exchange(requestText(`GET /a/%c3%a9?q=${attack}`))
  t.match(answer, /^HTTP\/1\.1 200 /)
  const value = 'x%0D%0AX-Admin: 1%0D%0A%0D%0AGET /admin HTTP/1.1%0D%0A%00%C3%A9'
  t.strictSame(valuesOf(gate.reached(), 'X-Query'), [value])
  t.strictSame(valuesOf(gate.reached(), 'X-Path'), ['%C3%A9'])
  t.strictSame(valuesOf(gate.reached(), 'X-Both'), [`${value}%C3%A9`])
  t.strictSame(valuesOf(gate.reached(), 'X-Admin'), [])
  t.equal(gate.reached().split('\r\n\r\n').length, 2, 'one head and nothing behind it')
  t.notOk(headerLines(gate.reached()).some((line) => line.includes('\r') || line.includes('\n')))
})

t.test('a path parameter with controls is no path at all', async (t) => {
  const gate = await startGate(t, routes)
  t.match(await gate.exchange(requestText('GET /a/x%0d%0aX-Admin:%201')), /^HTTP\/1\.1 400 /)
  t.equal(gate.reached(), '')
})

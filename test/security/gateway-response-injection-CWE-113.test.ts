// A gateway response repeats what the client sent: in a header, which a decoded line break would split
// (CWE-113; CVE-2016-5699 and its kin), and in bodies, which it would break out of (CWE-79, CWE-74).
import t from 'tap'
import { requestText, startGate, usualRoutes } from '../helpers/gate.ts'

const responses = `
gatewayResponses:
  DEFAULT_4XX:
    responseParameters:
      gatewayresponse.header.X-Echo: method.request.querystring.q
      gatewayresponse.header.X-Agent: context.identity.userAgent
    responseTemplates:
      application/json: '{"q":"$method.request.querystring.q","bare":$method.request.querystring.q}'
      text/html: '<b title="$method.request.querystring.q">$method.request.querystring.q</b>'
`

t.test('a line break in a query ends no header line', async (t) => {
  const gate = await startGate(t, usualRoutes + responses)
  for (const breaks of [
    '%0D%0A',
    '%0A',
    '%0D',
    '%E5%98%8A%E5%98%8D',
    '%C4%8D%C4%8A',
    '%00',
    '%C2%85',
  ]) {
    const target = `/nothing?q=a${breaks}Set-Cookie:%20x=y${breaks}${breaks}body`
    const answer = await gate.exchange(requestText(`GET ${target}`, ['User-Agent: \xe5\x98\x8a']))
    const [head = ''] = answer.split('\r\n\r\n')
    const lines = head.split('\r\n')
    t.ok(lines.includes(`X-Echo: a${breaks}Set-Cookie: x=y${breaks}${breaks}body`), head)
    t.ok(lines.includes('X-Agent: %E5%98%8A'), head)
    t.notMatch(head, /^Set-Cookie/m)
    t.notMatch(head, /[^\r\n\x20-\x7e]/, 'and the head is ASCII')
  }
})

t.test('a quote in a query ends no JSON string and no attribute', async (t) => {
  const gate = await startGate(t, usualRoutes + responses)
  const value = '","admin":true,"x":"<script>'
  const target = `/nothing?q=${encodeURIComponent(value)}`
  const [, json = ''] = (await gate.exchange(requestText(`GET ${target}`))).split('\r\n\r\n')
  t.strictSame(JSON.parse(json), { q: value, bare: value })
  t.notMatch(json, /[<>]/, 'nor would a browser that sniffs see a tag')
  const html = await gate.exchange(requestText(`GET ${target}`, ['Accept: text/html']))
  const escaped = '&quot;,&quot;admin&quot;:true,&quot;x&quot;:&quot;&lt;script&gt;'
  t.ok(html.endsWith(`\r\n\r\n<b title="${escaped}">${escaped}</b>`), html)
})

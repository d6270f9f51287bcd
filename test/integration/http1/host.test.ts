// Host: RFC 9112 §3.2, RFC 9110 §7.2.
import t from 'tap'
import { usualRoutes } from '../../helpers/gate.ts'
import { headerValues } from '../../helpers/strict-request.ts'
import { startStrictGate } from './strict-gate.ts'

const get = (lines: readonly string[], version = '1.1', target = '/public/x'): string =>
  [`GET ${target} HTTP/${version}`, ...lines, 'Connection: close', '', ''].join('\r\n')

t.test('one good Host arrives as it was sent', async (t) => {
  const { tell } = await startStrictGate(t)
  const names = [
    'gate',
    'GATE.Example',
    'gate.',
    'gate:8080',
    'gate:',
    'a_b-c~d',
    '10.0.0.1',
    '[::1]',
  ]
  for (const name of [...names, '[2001:db8::1]:443', 'xn--caf-dma.example']) {
    const { statuses, requests } = await tell(get([`Host: ${name}`]))
    t.strictSame(statuses, [200], name)
    t.strictSame(headerValues(requests[0]!, 'host'), [name])
  }
  const { requests } = await tell(get(['hOsT:   gate \t']))
  t.strictSame(headerValues(requests[0]!, 'host'), ['gate'], 'blanks around it are no part of it')
})

t.test('none, two, or an invalid one is a 400, and ends the connection', async (t) => {
  const { tell } = await startStrictGate(t)
  const cases = [
    { name: 'none', given: get([]) },
    { name: 'two', given: get(['Host: gate', 'Host: gate']) },
    { name: 'two, one empty', given: get(['Host: gate', 'Host:']) },
    { name: 'two, another case', given: get(['Host: gate', 'X: y', 'HOST: evil']) },
    { name: 'a list', given: get(['Host: gate, evil']) },
    // §3.2 allows it where the target has no authority; no client of an API has none.
    { name: 'empty', given: get(['Host:']) },
    { name: 'blank', given: get(['Host:  ']) },
    { name: 'userinfo', given: get(['Host: user@gate']) },
    { name: 'a path', given: get(['Host: gate/x']) },
    { name: 'a URL', given: get(['Host: http://gate']) },
    { name: 'a bad port', given: get(['Host: gate:http']) },
    { name: 'a port too large', given: get(['Host: gate:65536']) },
    { name: 'an address without brackets', given: get(['Host: ::1']) },
    { name: 'an open bracket', given: get(['Host: [::1']) },
    { name: 'bytes beyond ASCII', given: get(['Host: caf\xe9']) },
    { name: 'an escape', given: get(['Host: gate%2f']) },
    { name: 'named in Connection', given: get(['Host: gate', 'Connection: host']) },
    { name: 'a folded one', given: get(['Host:', ' gate']) },
    { name: 'a blank before the colon', given: get(['Host : gate']) },
    { name: 'two on HTTP/1.0', given: get(['Host: a', 'Host: b'], '1.0') },
    { name: 'an invalid one on HTTP/1.0', given: get(['Host: a b'], '1.0') },
  ]
  for (const { name, given } of cases) {
    const { statuses, lines, answers, rest } = await tell(given + get(['Host: gate']))
    t.strictSame([statuses, lines, rest], [[400], [], ''], name)
    t.equal(answers[0]?.headers['connection'], 'close', name)
  }
})

t.test('it does not lend an authority to an absolute target', async (t) => {
  const { tell } = await startStrictGate(t)
  for (const host of ['gate', 'evil']) {
    for (const target of ['http://gate/public/x', 'http://evil/public/x', 'http://gate:80']) {
      const { statuses, lines } = await tell(get([`Host: ${host}`], '1.1', target))
      t.strictSame([statuses, lines], [[400], []], `${host} ${target}`)
    }
  }
})

t.test("HTTP/1.0 without one gets the upstream's own", async (t) => {
  const { tell, strict } = await startStrictGate(t)
  const { requests } = await tell(get([], '1.0'))
  t.strictSame(headerValues(requests[0]!, 'host'), [`127.0.0.1:${strict.port}`])
  t.strictSame(headerValues(requests[0]!, 'x-forwarded-host'), [])
})

t.test("the upstream's own is sent to all when the client's is not to be preserved", async (t) => {
  const extra = `upstream: { url: 'http://UPSTREAM', preserveHost: false }\n${usualRoutes}`
  const { tell, strict } = await startStrictGate(t, undefined, extra)
  const { requests } = await tell(get(['Host: evil.example']))
  t.strictSame(headerValues(requests[0]!, 'host'), [`127.0.0.1:${strict.port}`])
  t.strictSame(headerValues(requests[0]!, 'x-forwarded-host'), ['evil.example'])
})

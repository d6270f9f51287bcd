// How many hops an OPTIONS request may still make, and what it gets at its last one.
import t from 'tap'
import { hopsLeft, oneHopFewer } from '../../src/proxy/max-forwards.ts'
import { dialRaw, exchangeRaw, startForwarding } from '../helpers/forwarding.ts'
import { answering, ok, startRawUpstream, until } from '../helpers/raw-upstream.ts'

const factsOf = (method: string, ...rawHeaders: string[]) => ({ method, rawHeaders })

t.test('only a number on OPTIONS counts', async (t) => {
  const cases = [
    { given: factsOf('OPTIONS', 'Max-Forwards', '0'), want: 0 },
    { given: factsOf('OPTIONS', 'A', 'b', 'MAX-forwards', '12'), want: 12 },
    { given: factsOf('OPTIONS', 'Max-Forwards', '00'), want: 0 },
    { given: factsOf('OPTIONS'), want: undefined },
    { given: factsOf('OPTIONS', 'Max_Forwards', '0'), want: undefined },
    { given: factsOf('GET', 'Max-Forwards', '0'), want: undefined },
    ...['', '-1', '+1', '1.5', '1, 2', 'x', '9'.repeat(16)].map((value) => ({
      given: factsOf('OPTIONS', 'Max-Forwards', value),
      want: undefined,
    })),
    { given: factsOf('OPTIONS', 'Max-Forwards', '1', 'max-forwards', '0'), want: undefined },
  ]
  for (const { given, want } of cases) t.equal(hopsLeft(given), want, given.rawHeaders.join(' '))
})

t.test('the next hop reads one less, on the same line', async (t) => {
  t.strictSame(oneHopFewer(['Host', 'a', 'max-FORWARDS', '10', 'X', '10'], 10), [
    'Host',
    'a',
    'max-FORWARDS',
    '9',
    'X',
    '10',
  ])
})

const options = (lines: string, method = 'OPTIONS'): string =>
  `${method} /a HTTP/1.1\r\nHost: a\r\n${lines}\r\n`

t.test('a request with hops left goes on with one less; other methods keep theirs', async (t) => {
  const cases = [
    { given: options('Max-Forwards: 1\r\n'), want: /\r\nMax-Forwards: 0\r\n/ },
    { given: options('Max-Forwards: 10\r\n'), want: /\r\nMax-Forwards: 9\r\n/ },
    { given: options('Max-Forwards: x\r\n'), want: /\r\nMax-Forwards: x\r\n/ },
    { given: options('Max-Forwards: 0\r\n', 'GET'), want: /\r\nMax-Forwards: 0\r\n/ },
  ]
  for (const { given, want } of cases) {
    const upstream = await startRawUpstream(t, answering(ok))
    const gate = await startForwarding(t, { port: upstream.port })
    t.match(await exchangeRaw(t, gate.port, given), /^HTTP\/1\.1 200 OK\r\n/)
    t.match(upstream.received[0], want)
  }
})

t.test('the last recipient answers by itself, and the connection stays', async (t) => {
  const upstream = await startRawUpstream(t, answering(ok))
  const gate = await startForwarding(t, { port: upstream.port })
  const client = dialRaw(t, gate.port, options('Max-Forwards: 0\r\n') + options(''))
  await client.sees(/HTTP\/1\.1 200 OK\r\nContent-Length: 0\r\n[^]*\r\n\r\nok$/)
  t.equal(upstream.received.length, 1)
  t.notMatch(upstream.received[0], /max-forwards/i)
  t.strictSame(gate.refusals, [])
})

t.test('a body that it has brought is not wanted, and ends the connection', async (t) => {
  const gate = await startForwarding(t, {})
  const whole = await exchangeRaw(
    t,
    gate.port,
    options('Max-Forwards: 0\r\nContent-Length: 2\r\n') + 'hi',
  )
  t.match(whole, /^HTTP\/1\.1 200 OK\r\nContent-Length: 0\r\n/)
  const client = dialRaw(t, gate.port, options('Max-Forwards: 0\r\nContent-Length: 9\r\n'))
  await client.sees(/\r\nConnection: close\r\n\r\n$/)
  await until(() => gate.clients() === 0)
})

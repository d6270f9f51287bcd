// Whom the gate believes, and what it says of the client.
import t from 'tap'
import { appendForwarded, believeNothing, createTrust } from '../../src/proxy/forwarded.ts'

t.test('a peer is trusted by its address alone', async (t) => {
  const trusts = createTrust(['10.1.0.0/16', '192.0.2.7', '2001:db8::/32', '::ffff:172.16.0.0/108'])
  const cases = [
    { given: '10.1.2.3', want: true },
    { given: '10.2.0.1', want: false },
    { given: '192.0.2.7', want: true },
    { given: '192.0.2.8', want: false },
    { given: '2001:db8::1', want: true },
    { given: '2001:db9::1', want: false },
    { given: '2001:db8::1%eth0', want: true },
    { given: '::ffff:10.1.2.3', want: true },
    { given: '::ffff:10.2.0.1', want: false },
    { given: '::ffff:a01:203', want: true },
    { given: '172.16.9.9', want: true },
    { given: '172.32.0.1', want: false },
    { given: '', want: false },
    { given: 'unknown', want: false },
    { given: '10.1.2.3, 10.1.2.4', want: false },
  ]
  for (const { given, want } of cases) t.equal(trusts(given), want, given)
})

t.test('an empty list trusts nobody', async (t) => {
  t.equal(createTrust([])('127.0.0.1'), false)
})

t.test('a bare IPv6 address is itself alone', async (t) => {
  const trusts = createTrust(['::1'])
  t.strictSame([trusts('::1'), trusts('::2')], [true, false])
})

t.test('what is no CIDR is refused at start-up', async (t) => {
  for (const cidr of ['', 'localhost', '10.0.0.0/33', '10.0.0.0/x', '::/129']) {
    t.throws(() => createTrust([cidr]), cidr)
  }
})

t.test('the upstream is told of the client', async (t) => {
  const facts = { remoteAddress: '203.0.113.9', secure: false, host: 'api.example.com' }
  const cases = [
    {
      name: 'an untrusted peer is the client',
      given: [facts, believeNothing],
      want: ['203.0.113.9', 'http', 'api.example.com'],
    },
    {
      name: 'TLS at the listener',
      given: [{ ...facts, secure: true }, believeNothing],
      want: ['203.0.113.9', 'https', 'api.example.com'],
    },
    {
      name: 'a trusted peer is appended to what it said',
      given: [
        facts,
        {
          for: ['198.51.100.1, 10.0.0.1', '10.0.0.2'],
          proto: ['https'],
          host: ['www.example.com'],
        },
      ],
      want: ['198.51.100.1, 10.0.0.1, 10.0.0.2, 203.0.113.9', 'https', 'www.example.com'],
    },
    {
      name: 'no Host and no address any more',
      given: [{ remoteAddress: '', secure: false, host: undefined }, believeNothing],
      want: [undefined, 'http', undefined],
    },
  ] as const
  for (const { name, given, want } of cases) {
    const headers = ['X-Before', '1']
    appendForwarded(headers, given[0], given[1])
    const [chain, proto, host] = want
    t.strictSame(
      headers,
      [
        'X-Before',
        '1',
        ...(chain === undefined ? [] : ['X-Forwarded-For', chain]),
        'X-Forwarded-Proto',
        proto,
        ...(host === undefined ? [] : ['X-Forwarded-Host', host]),
      ],
      name,
    )
  }
})

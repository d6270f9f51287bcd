import t from 'tap'
import { checkCidrs, checkHost, overlap } from '../../src/config/addresses.ts'
import { problemsOf } from '../helpers/problems-of.ts'

t.test('a host is an address or a host name', async (t) => {
  for (const host of ['0.0.0.0', '::', '::1', 'localhost', 'gate-1.internal', 'a', 'my_host']) {
    t.strictSame(
      problemsOf((report) => checkHost(host, 'k', report)),
      [],
      host,
    )
  }
  for (const [host, want] of [
    ['', 'k: "" is not an address or host name'],
    ['a b', 'k: "a b" is not an address or host name'],
    ['-a', 'k: "-a" is not an address or host name'],
    ['a:80', 'k: "a:80" is not an address or host name'],
    ['http://a', 'k: "http://a" is not an address or host name'],
    ['[::1]', 'k: "[::1]" is not an address or host name; write an IPv6 address without brackets'],
  ] as const) {
    t.strictSame(
      problemsOf((report) => checkHost(host, 'k', report)),
      [want],
    )
  }
})

t.test('two listeners overlap when the system could not bind both', async (t) => {
  for (const [one, other, want] of [
    ['127.0.0.1:80', '127.0.0.1:80', true],
    ['127.0.0.1:80', '127.0.0.1:81', false],
    ['127.0.0.1:0', '127.0.0.1:0', false],
    ['0.0.0.0:80', '127.0.0.1:80', true],
    ['127.0.0.1:80', '0.0.0.0:80', true],
    ['0.0.0.0:80', '::1:80', false],
    ['127.0.0.1:80', ':::80', true],
    ['localhost:80', '127.0.0.1:80', false],
  ] as const) {
    const [a, b] = [one, other].map((text) => {
      const colon = text.lastIndexOf(':')
      return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) }
    })
    t.equal(overlap(a!, b!), want, `${one} ${other}`)
  }
})

t.test('a trusted proxy is a CIDR, and never everyone', async (t) => {
  const good = ['10.0.0.0/8', '192.168.1.1/32', '::1/128', 'fd00::/8', '::ffff:10.0.0.0/104']
  t.strictSame(
    problemsOf((report) => checkCidrs(good, 'k', report)),
    [],
  )
  for (const [cidr, want] of [
    ['10.0.0.1', 'k[0]: 10.0.0.1 has no prefix; write 10.0.0.1/32'],
    ['::1', 'k[0]: ::1 has no prefix; write ::1/128'],
    ['0.0.0.0/0', 'k[0]: 0.0.0.0/0 would believe every client'],
    ['::/0', 'k[0]: ::/0 would believe every client'],
    ['10.0.0.0/0', 'k[0]: 10.0.0.0/0 would believe every client'],
    ['::ffff:0:0/96', 'k[0]: ::ffff:0:0/96 would believe every client'],
    ['::/64', 'k[0]: ::/64 would believe every client'],
    ['::/1', 'k[0]: ::/1 would believe every client'],
    ['0::FFFF:1.2.3.4/96', 'k[0]: 0::FFFF:1.2.3.4/96 would believe every client'],
    ['2000::/3', 'k[0]: 2000::/3 would believe every client'],
    ['10.0.0.0/33', 'k[0]: 10.0.0.0/33 has a prefix of more than 32 bits'],
    ['::/129', 'k[0]: ::/129 has a prefix of more than 128 bits'],
    ['10.0.0.0/08', 'k[0]: "10.0.0.0/08" is not a CIDR such as 10.0.0.0/8'],
    ['10.0.0/8', 'k[0]: "10.0.0/8" is not a CIDR such as 10.0.0.0/8'],
    ['fe80::1%eth0/64', 'k[0]: "fe80::1%eth0/64" is not a CIDR such as 10.0.0.0/8'],
    ['proxy.internal', 'k[0]: "proxy.internal" is not a CIDR such as 10.0.0.0/8'],
    ['', 'k[0]: "" is not a CIDR such as 10.0.0.0/8'],
  ] as const) {
    t.strictSame(
      problemsOf((report) => checkCidrs([cidr], 'k', report)),
      [want],
    )
  }
})

t.test('nor are several that leave nobody out', async (t) => {
  const check = (...cidrs: readonly string[]) =>
    problemsOf((report) => {
      checkCidrs(cidrs, 'k', report)
    })
  t.strictSame(check('128.0.0.0/1', '10.0.0.0/8', '0.0.0.0/1'), [
    'k: 128.0.0.0/1 and 10.0.0.0/8 and 0.0.0.0/1 together would believe every client',
  ])
  t.strictSame(check('0.0.0.0/1', 'x', '::ffff:128.0.0.0/97'), [
    'k[1]: "x" is not a CIDR such as 10.0.0.0/8',
    'k: 0.0.0.0/1 and ::ffff:128.0.0.0/97 together would believe every client',
  ])
  t.strictSame(check('0.0.0.0/1', '10.0.0.0/8', '192.0.0.0/2'), [])
})

import t from 'tap'
import { coverEveryone } from '../../src/config/cidr-cover.ts'

t.test('CIDRs that leave nobody out', async (t) => {
  for (const cidrs of [
    ['0.0.0.0/0'],
    ['10.1.2.3/0'],
    ['::/0'],
    ['::/1'],
    ['::ffff:0:0/96'],
    ['0:0:0:0:0:ffff:1.2.3.4/96'],
    ['2000::/3'],
    ['0.0.0.0/1', '128.0.0.0/1'],
    ['128.0.0.0/1', '64.0.0.0/2', '0.0.0.0/2'],
    ['::ffff:128.0.0.0/97', '0.0.0.0/1'],
    ['3000::/4', '2000::/4'],
    ['10.0.0.0/8', '0.0.0.0/1', '10.0.0.0/8', '128.0.0.0/1', 'fd00::/8'],
  ]) {
    t.equal(coverEveryone(cidrs), true, cidrs.join())
  }
})

t.test('CIDRs that do leave some out', async (t) => {
  for (const cidrs of [
    [],
    ['10.0.0.0/8', '127.0.0.1/32', '::1/128'],
    ['0.0.0.0/1'],
    ['0.0.0.0/1', '128.0.0.0/2'],
    ['128.0.0.0/1', '0.0.0.1/32', '0.0.0.2/31', '1.0.0.0/8'],
    ['::ffff:10.0.0.0/104'],
    ['fc00::/7', 'fe80::/10', '64:ff9b::/96'],
    ['2000::/4'],
    ['2001:db8:1:2:3:4:5:6/128'],
  ]) {
    t.equal(coverEveryone(cidrs), false, cidrs.join())
  }
})

t.test('every address of a space that was cut in pieces counts', async (t) => {
  // 0.0.0.0/1, 128.0.0.0/2 … down to two /32: all but the last cover nothing whole.
  const halves = Array.from({ length: 32 }, (_, index) => {
    const start = (0xffffffff << (32 - index)) >>> 0
    const dotted = [24, 16, 8, 0].map((shift) => (start >>> shift) & 255).join('.')
    return `${index === 0 ? '0.0.0.0' : dotted}/${index + 1}`
  })
  t.equal(coverEveryone([...halves].reverse()), false)
  t.equal(coverEveryone(['255.255.255.255/32', ...halves]), true)
})

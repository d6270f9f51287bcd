// Whether CIDRs leave anybody out: a `/0` in disguise, of one or of several together. It is given good
// CIDRs only.
import { isIPv4 } from 'node:net'

/** Addresses as numbers of IPv6, both ends included. */
interface Range {
  readonly first: bigint
  readonly last: bigint
}

/** Whether every IPv4 address, or every IPv6 address of the internet, is in one of the CIDRs. */
export const coverEveryone = (cidrs: readonly string[]): boolean => {
  const ranges = cidrs.map(rangeOf).sort((a, b) => (a.first < b.first ? -1 : 1))
  return everyone.some((all) => isCovered(all, ranges))
}

const rangeOf = (cidr: string): Range => {
  const [address = '', prefix] = cidr.split('/')
  const bits = Number(prefix) + (isIPv4(address) ? 96 : 0)
  const size = 1n << BigInt(128 - bits)
  const first = (numberOf(address) / size) * size
  return { first, last: first + size - 1n }
}

/** The URL parser writes all spellings of an address in one way (RFC 5952), without dots. */
const numberOf = (address: string): bigint => {
  const { hostname } = new URL(`http://[${isIPv4(address) ? `::ffff:${address}` : address}]`)
  const [head = '', tail] = hostname.slice(1, -1).split('::')
  const left = groupsOf(head)
  const right = groupsOf(tail ?? '')
  const zeros = new Array<string>(8 - left.length - right.length).fill('0')
  const groups = [...left, ...zeros, ...right].map((group) => group.padStart(4, '0'))
  return BigInt(`0x${groups.join('')}`)
}

const groupsOf = (text: string): readonly string[] => (text === '' ? [] : text.split(':'))

/** `ranges` are in the order of their first addresses. */
const isCovered = (all: Range, ranges: readonly Range[]): boolean => {
  let next = all.first
  for (const { first, last } of ranges) {
    if (first <= next && last >= next) next = last + 1n
  }
  return next > all.last
}

/** IPv4 is a part of IPv6 (RFC 4291 §2.5.5.2); the internet's addresses are global unicast (§2.4). */
const everyone: readonly Range[] = ['::ffff:0:0/96', '2000::/3'].map(rangeOf)

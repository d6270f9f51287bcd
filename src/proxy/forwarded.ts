// X-Forwarded-*: whom the gate believes, and what it tells the upstream of the client. A peer that
// is not listed as a trusted proxy is believed nothing.
import { BlockList, isIP, isIPv4 } from 'node:net'
import type { RequestFacts } from '../core/request.ts'

/** Tells whether a peer's forwarding headers are believed. Takes an address as text. */
export type IsTrusted = (address: string) => boolean

/** What a trusted peer said of the client before it: values as received, in order. */
export interface Believed {
  readonly for: readonly string[]
  readonly proto: readonly string[]
  readonly host: readonly string[]
}

/** What an untrusted peer said: nothing. */
export const believeNothing: Believed = { for: [], proto: [], host: [] }

/**
 * Compiles the list of trusted proxies. IPv4 and its IPv6-mapped form (RFC 4291 §2.5.5.2) are the
 * same address, in the list and in what is asked.
 *
 * @param cidrs - `10.0.0.0/8`, `::1/128`; a bare address is itself alone
 * @throws RangeError or TypeError for what is no CIDR: at start-up, never on a request
 */
export const createTrust = (cidrs: readonly string[]): IsTrusted => {
  if (cidrs.length === 0) return () => false
  const list = new BlockList()
  for (const cidr of cidrs) addCidr(list, cidr)
  return (address) => {
    // The zone of a link-local address (`fe80::1%eth0`) names an interface of ours, not the peer.
    const [plain = ''] = address.split('%')
    switch (isIP(plain)) {
      case 4:
        return list.check(plain, 'ipv4') || list.check(`::ffff:${plain}`, 'ipv6')
      case 6:
        return list.check(plain, 'ipv6')
      default:
        return false
    }
  }
}

const addCidr = (list: BlockList, cidr: string): void => {
  const [address = '', prefix] = cidr.split('/')
  const v4 = isIPv4(address)
  const bits = prefix === undefined ? maxBits(v4) : Number(prefix)
  list.addSubnet(address, bits, v4 ? 'ipv4' : 'ipv6')
}

const maxBits = (v4: boolean): number => (v4 ? 32 : 128)

/** Appends what the upstream is told of the client to `headers` (flat: name, value…). */
export const appendForwarded = (
  headers: string[],
  facts: Pick<RequestFacts, 'remoteAddress' | 'secure' | 'host'>,
  believed: Believed,
): void => {
  // A socket that is already gone has no address left.
  const chain = facts.remoteAddress === '' ? believed.for : [...believed.for, facts.remoteAddress]
  if (chain.length > 0) headers.push('X-Forwarded-For', chain.join(', '))
  const scheme = facts.secure ? 'https' : 'http'
  headers.push('X-Forwarded-Proto', believed.proto.length > 0 ? believed.proto.join(', ') : scheme)
  const host = believed.host.length > 0 ? believed.host.join(', ') : facts.host
  if (host !== undefined) headers.push('X-Forwarded-Host', host)
}

// Hosts, listening addresses and CIDRs, as text that was checked and nothing more.
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'
import type { Address } from '../core/settings.ts'
import { itemPath, shown, type Report } from './problem.ts'

/** Reports a host that is neither an IP address nor a host name. */
export const checkHost = (host: string, at: string, report: Report): void => {
  if (isIP(host) !== 0 || /^[A-Za-z0-9_](?:[\w.-]{0,251}[A-Za-z0-9_])?$/.test(host)) return
  const hint = host.startsWith('[') ? '; write an IPv6 address without brackets' : ''
  report(at, `${shown(host)} is not an address or host name${hint}`)
}

/** Whether two listeners could not be bound at one time. */
export const overlap = (one: Address, other: Address): boolean => {
  if (one.port === 0 || one.port !== other.port) return false
  return one.host === other.host || covers(one.host, other.host) || covers(other.host, one.host)
}

/** '::' takes IPv4 too, as Node binds it dual-stack. */
const covers = (wide: string, host: string): boolean =>
  wide === '::' || (wide === '0.0.0.0' && !isIPv6(host))

/** Reports every entry that is not a CIDR, and those that would cover every address. */
export const checkCidrs = (cidrs: readonly string[], at: string, report: Report): void => {
  cidrs.forEach((cidr, index) => {
    const place = itemPath(at, index)
    const [, address = '', bits] = /^([\da-fA-F.:]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(cidr) ?? []
    const width = isIPv4(address) ? 32 : 128
    if (isIP(address) === 0) report(place, `${shown(cidr)} is not a CIDR such as 10.0.0.0/8`)
    else if (bits === undefined) report(place, `${cidr} has no prefix; write ${cidr}/${width}`)
    else if (Number(bits) > width) report(place, `${cidr} has a prefix of more than ${width} bits`)
    else if (coversAll(address, Number(bits))) report(place, `${cidr} would believe every client`)
  })
}

/** IPv4 is also a part of IPv6 (RFC 4291 §2.5.5.2), and `::ffff:0:0/96` is all of it. */
const coversAll = (address: string, bits: number): boolean => {
  if (bits === 0) return true
  if (isIPv4(address) || bits > 96) return false
  const list = new BlockList()
  list.addSubnet(address, bits, 'ipv6')
  return list.check('::ffff:0.0.0.0', 'ipv6') && list.check('::ffff:255.255.255.255', 'ipv6')
}

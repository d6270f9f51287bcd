// Hosts, listening addresses and CIDRs, as text that was checked and nothing more.
import { isIP, isIPv4, isIPv6 } from 'node:net'
import type { Address } from '../core/settings.ts'
import { coverEveryone } from './cidr-cover.ts'
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

/** Reports every entry that is not a CIDR, and those that, alone or together, leave nobody out. */
export const checkCidrs = (cidrs: readonly string[], at: string, report: Report): void => {
  const faults = cidrs.map(faultOf)
  faults.forEach((fault, index) => {
    if (fault !== undefined) report(itemPath(at, index), fault)
  })
  const good = cidrs.filter((_, index) => faults[index] === undefined)
  if (coverEveryone(good)) report(at, `${good.join(' and ')} together would believe every client`)
}

const faultOf = (cidr: string): string | undefined => {
  const [, address = '', bits] = /^([\da-fA-F.:]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(cidr) ?? []
  const width = isIPv4(address) ? 32 : 128
  if (isIP(address) === 0) return `${shown(cidr)} is not a CIDR such as 10.0.0.0/8`
  if (bits === undefined) return `${cidr} has no prefix; write ${cidr}/${width}`
  if (Number(bits) > width) return `${cidr} has a prefix of more than ${width} bits`
  return coverEveryone([cidr]) ? `${cidr} would believe every client` : undefined
}

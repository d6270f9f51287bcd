// Which proxy of the environment stands between the gate and an issuer, if one does.
import { BlockList, isIP } from 'node:net'
import { isLoopback } from '../core/loopback.ts'
import type { Proxies, ProxySettings } from '../core/settings.ts'

/**
 * The proxy for a URL; undefined when it is reached directly. This machine always is: it is trusted
 * over plain http since nobody stands between, and a proxy would take the name for its own machine.
 */
export const proxyOf = (url: URL, { http, https, except }: Proxies): ProxySettings | undefined => {
  if (isLoopback(url.hostname) || except.some((entry) => covers(entry, url))) return undefined
  return url.protocol === 'https:' ? https : http
}

/** Whether an entry of NO_PROXY is for a URL. One that nothing can be made of is for none. */
const covers = (entry: string, url: URL): boolean => {
  if (entry === '*') return true
  const host = bare(url.hostname)
  const [, name = entry, port = ''] = isIP(entry) > 0 ? [] : (/^(.+?):(\d+)$/.exec(entry) ?? [])
  if (port !== '' && port !== (url.port || defaultPorts[url.protocol])) return false
  if (isIP(host) > 0) return inNetwork(host, bare(name))
  const domain = bare(name)
    .toLowerCase()
    .replace(/^\*?\./, '')
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`))
}

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }

/** A host without the brackets of IPv6 and the dot of the root. */
const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')

/** Whether an address is another one or within a CIDR. */
const inNetwork = (address: string, network: string): boolean => {
  const [, start = network, length] = /^(.+)\/(\d+)$/.exec(network) ?? []
  if (isIP(start) === 0) return false
  const bits = isIP(start) === 4 ? 32 : 128
  const prefix = Number(length ?? bits)
  if (prefix > bits) return false
  const list = new BlockList()
  list.addSubnet(start, prefix, familyOf(start))
  return list.check(address, familyOf(address))
}

const familyOf = (address: string) => (isIP(address) === 4 ? 'ipv4' : 'ipv6')

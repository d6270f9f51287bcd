// An upstream that is the gate itself: requests would go round until limits end them, and the metrics would
// be everybody's.
import type { Address, Settings } from '../core/settings.ts'
import { isLoopback } from '../core/loopback.ts'
import type { Report } from './problem.ts'

/** Reports an upstream that is one of the gate's own listeners, as far as addresses tell. */
export const checkUpstreamLoop = (
  {
    upstream,
    listen,
    admin,
    decision,
  }: Pick<Settings, 'upstream' | 'listen' | 'admin' | 'decision'>,
  report: Report,
): void => {
  if (upstream.origin === '' || upstream.socketPath !== undefined) return
  const url = new URL(upstream.origin)
  const listeners = { listen, admin, ...(decision.enabled ? { decision } : {}) }
  for (const [key, address] of Object.entries(listeners)) {
    if (!isAt(url, address)) continue
    const port = `${key}.port ${address.port}`
    report('upstream.url', `is the gate's own listener (${port}); give the service's address`)
  }
}

const isAt = (url: URL, { host, port }: Address): boolean => {
  const urlPort = Number(url.port === '' ? defaultPorts[url.protocol] : url.port)
  if (port === 0 || urlPort !== port) return false
  const wanted = url.hostname.replace(/^\[|\]$/g, '')
  if (wanted === host) return true
  const everywhere =
    host === '0.0.0.0' || host === '::' || isLoopback(host.includes(':') ? `[${host}]` : host)
  return everywhere && isLoopback(url.hostname)
}

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

// The TLS files of the upstream: read, looked into, handed on as PEM text. Verification itself cannot
// be switched off.
import type { UpstreamTls } from '../core/settings.ts'
import { checkHost } from './addresses.ts'
import type { Context } from './authorizer-settings.ts'
import { checkKey, checkPair } from './key-pair.ts'
import type { Values } from './leaf.ts'
import { checkCertificates, readPem } from './pem.ts'
import { keyPath } from './problem.ts'
import type { upstreamTable } from './schema-upstream.ts'

type TlsValues = Values<typeof upstreamTable.tls>

/** The TLS settings for an upstream at `origin`. */
export const upstreamTls = (tls: TlsValues, origin: string, context: Context): UpstreamTls => {
  const { report } = context
  if (origin !== '' && !origin.startsWith('https:')) {
    for (const [key, value] of Object.entries(tls)) {
      if (value !== '') report(keyPath(at, key), 'is for an https:// upstream only')
    }
    return { ca: undefined, cert: undefined, key: undefined, serverName: '' }
  }
  if (tls.serverName !== '') checkHost(tls.serverName, keyPath(at, 'serverName'), report)
  if (tls.certFile !== '' && tls.keyFile === '') report(keyPath(at, 'certFile'), 'needs keyFile')
  if (tls.keyFile !== '' && tls.certFile === '') report(keyPath(at, 'keyFile'), 'needs certFile')
  const cert = readPem(tls.certFile, keyPath(at, 'certFile'), checkCertificates, context)
  const key = readPem(tls.keyFile, keyPath(at, 'keyFile'), checkKey, context)
  const fault = cert === undefined || key === undefined ? undefined : checkPair(cert, key)
  if (fault !== undefined) report(keyPath(at, 'keyFile'), fault)
  return {
    ca: readPem(tls.caFile, keyPath(at, 'caFile'), checkCertificates, context),
    cert,
    key,
    serverName: tls.serverName === '' ? hostOf(origin) : tls.serverName,
  }
}

const at = 'upstream.tls'

/** The host of an origin without the brackets of IPv6. */
const hostOf = (origin: string): string =>
  origin === '' ? '' : new URL(origin).hostname.replace(/^\[|\]$/g, '')

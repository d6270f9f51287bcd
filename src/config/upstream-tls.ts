// The TLS files of the upstream: read, looked into, handed on as PEM text. Verification itself cannot
// be switched off.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { UpstreamTls } from '../core/settings.ts'
import { checkHost } from './addresses.ts'
import type { Context } from './authorizer-settings.ts'
import { readBytes } from './files.ts'
import type { Values } from './leaf.ts'
import { keyPath, shown } from './problem.ts'
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
  const cert = pem('certFile', tls.certFile, checkCertificates, context)
  const key = pem('keyFile', tls.keyFile, checkKey, context)
  if (cert !== undefined && key !== undefined && !isPair(cert, key)) {
    report(keyPath(at, 'keyFile'), 'is not the key of the certificate in certFile')
  }
  return {
    ca: pem('caFile', tls.caFile, checkCertificates, context),
    cert,
    key,
    serverName: tls.serverName === '' ? hostOf(origin) : tls.serverName,
  }
}

const at = 'upstream.tls'

/** A PEM file's text; undefined when there is none or a problem was reported. */
const pem = (
  key: keyof TlsValues,
  file: string,
  check: (text: string) => string | undefined,
  { report, resolvePath }: Context,
): string | undefined => {
  if (file === '') return undefined
  const bytes = readBytes(resolvePath(file))
  const text = bytes.ok ? Buffer.from(bytes.value).toString('utf8') : ''
  const fault = bytes.ok ? check(text) : bytes.error
  if (fault === undefined) return text
  report(keyPath(at, key), `${shown(file)} ${fault}`)
  return undefined
}

const certificates = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

const checkCertificates = (text: string): string | undefined => {
  const blocks = text.match(certificates) ?? []
  if (blocks.length === 0) return 'holds no PEM certificate'
  return blocks.every((block) => parses(() => new X509Certificate(block)))
    ? undefined
    : 'holds a certificate that cannot be read'
}

const checkKey = (text: string): string | undefined =>
  parses(() => createPrivateKey(text)) ? undefined : 'holds no PEM private key without passphrase'

const isPair = (cert: string, key: string): boolean =>
  new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))

const parses = (parse: () => unknown): boolean => {
  try {
    parse()
    return true
  } catch {
    return false
  }
}

/** The host of an origin without the brackets of IPv6. */
const hostOf = (origin: string): string =>
  origin === '' ? '' : new URL(origin).hostname.replace(/^\[|\]$/g, '')

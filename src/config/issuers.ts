// Issuers and where their keys come from: templates filled in, plain http refused where an attacker
// could answer, local key sets looked into once. Fetches nothing.
import { isLoopback } from '../core/loopback.ts'
import type { IssuerSettings, KeySource } from '../core/settings.ts'
import { readBytes } from './files.ts'
import { isPlainMap } from './leaf.ts'
import { keyPath, shown, type Report } from './problem.ts'
import { parseHttpUrl } from './urls.ts'

/** What an authorizer says about the keys of its issuers. */
export interface KeyOptions {
  /** '' reads the URI from the issuer's discovery document. */
  readonly jwksUri: string
  /** The default of `jwksUri`, which does not count as a second source beside `jwksFile`. */
  readonly defaultUri: string
  readonly jwksFile: string
  readonly insecureHttpJwks: boolean
}

export interface KeyContext {
  /** Path of the authorizer. */
  readonly at: string
  readonly report: Report
  readonly resolvePath: (path: string) => string
}

type Placeholders = Readonly<Record<string, string>>

/** An issuer with what its templates may name; `{issuer}` is added. */
export interface IssuerNames {
  readonly issuer: string
  readonly placeholders: Placeholders
}

/** The issuers with their key sources; problems are reported and leave issuers out. */
export const issuerSettings = (
  issuers: readonly IssuerNames[],
  options: KeyOptions,
  context: KeyContext,
): readonly IssuerSettings[] => {
  if (options.jwksFile !== '') return fileSources(issuers, options, context)
  return issuers.flatMap(({ issuer, placeholders }) => {
    const keys = fetchedSource(issuer, { ...placeholders, issuer }, options, context)
    return keys === undefined ? [] : [{ issuer, keys }]
  })
}

/** A template with its placeholders filled in; undefined once a problem is reported. */
export const fillTemplate = (
  template: string,
  placeholders: Placeholders,
  at: string,
  report: Report,
): string | undefined => {
  const known = new Map(Object.entries(placeholders))
  const filled = template.replace(/\{(\w+)\}/g, (whole, name: string) => known.get(name) ?? whole)
  if (!/[{}]/.test(filled)) return filled
  const names = Object.keys(placeholders).map((name) => `{${name}}`)
  report(at, `${shown(template)} has braces around something else than: ${names.join(', ')}`)
  return undefined
}

const fetchedSource = (
  issuer: string,
  placeholders: Placeholders,
  options: KeyOptions,
  { at, report }: KeyContext,
): KeySource | undefined => {
  const place = keyPath(at, 'jwksUri')
  const discovery = options.jwksUri === ''
  const uri = discovery
    ? `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
    : fillTemplate(options.jwksUri, placeholders, place, report)
  if (uri === undefined) return undefined
  const url = parseHttpUrl(uri, 'path and query', place, report)
  if (url === undefined) return undefined
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !options.insecureHttpJwks) {
    const hint = 'use https, or set insecureHttpJwks: true to accept the risk'
    report(at, `would fetch keys over plain http from ${uri}; ${hint}`)
  }
  return { kind: discovery ? 'discovery' : 'uri', uri }
}

const fileSources = (
  issuers: readonly IssuerNames[],
  { jwksFile, jwksUri, defaultUri }: KeyOptions,
  { at, report, resolvePath }: KeyContext,
): readonly IssuerSettings[] => {
  const place = keyPath(at, 'jwksFile')
  if (issuers.length > 1) {
    report(place, `is for one issuer, but there are ${issuers.length}; make an authorizer for each`)
  }
  if (jwksUri !== defaultUri) report(place, 'stands beside jwksUri; give one of the two')
  const path = resolvePath(jwksFile)
  const fault = faultOfKeyFile(path)
  if (fault !== undefined) report(place, `${shown(jwksFile)} ${fault}`)
  return issuers.map(({ issuer }) => ({ issuer, keys: { kind: 'file', path } }))
}

const faultOfKeyFile = (path: string): string | undefined => {
  const bytes = readBytes(path)
  if (!bytes.ok) return bytes.error
  if (bytes.value.length === 0) return 'is empty; put the key set there that the issuer serves'
  try {
    const content: unknown = JSON.parse(Buffer.from(bytes.value).toString('utf8'))
    if (isPlainMap(content) && Array.isArray(content['keys'])) return undefined
    const single = isPlainMap(content) && typeof content['kty'] === 'string'
    return `is not a key set: ${single ? 'it is one key; write {"keys": [ … ]} around it' : 'it has no list named keys'}`
  } catch {
    return 'is not JSON; a key set is what the issuer serves at its jwks_uri'
  }
}

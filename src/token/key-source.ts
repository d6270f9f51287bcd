// Loads the keys of an issuer from where its configuration says they are: a URI, a discovery document
// or a file. It loads once and keeps nothing; when to load is the key store's business.
import { isLoopback } from '../core/loopback.ts'
import type { IssuerSettings, JwksSettings } from '../core/settings.ts'
import { fetchJson } from './fetch-json.ts'
import { parseKeySet, type KeySet } from './key-set.ts'
import { readFile } from '../files/read-file.ts'
import { createTrust } from './trust.ts'

/** Loads an issuer's keys. Rejects with an Error whose message is fit for the operator's log. */
export type LoadKeys = (issuer: IssuerSettings) => Promise<KeySet>

/** Makes the loader. Each document has `timeoutMs` and `maxBytes` to itself. */
export const createKeyLoader = (
  jwks: Pick<JwksSettings, 'timeoutMs' | 'maxBytes' | 'ca' | 'proxies'>,
): LoadKeys => {
  const { timeoutMs, maxBytes, proxies } = jwks
  const options = { timeoutMs, maxBytes, proxies, trust: createTrust(jwks.ca) }
  const read = async ({ issuer, keys }: IssuerSettings): Promise<unknown> => {
    switch (keys.kind) {
      case 'uri':
        return fetchJson(keys.uri, options)
      case 'discovery': {
        const document = await fetchJson(keys.uri, options)
        return fetchJson(keySetUri(document, issuer, keys.uri), options)
      }
      case 'file':
        return readJson(keys.path, maxBytes)
    }
  }
  return async (issuer) => {
    const set = parseKeySet(await read(issuer))
    if (!set.ok) throw new Error(set.error)
    return set.value
  }
}

/**
 * `jwks_uri` of a discovery document whose `issuer` is ours, character for character (OpenID Connect
 * Discovery 1.0 §4.3): another issuer's document must not hand us its keys. Plain http is good enough
 * on loopback, and where the discovery document itself came over it. Throws when it is of no use.
 */
export const keySetUri = (document: unknown, issuer: string, discoveryUri: string): string => {
  const { issuer: named, jwks_uri: uri } = (document ?? {}) as Readonly<Record<string, unknown>>
  if (named !== issuer) throw new Error('the discovery document is for another issuer')
  const url = typeof uri === 'string' && URL.canParse(uri) ? new URL(uri) : undefined
  if (url === undefined) throw new Error('the discovery document has no jwks_uri')
  const plainHttpAllowed = discoveryUri.startsWith('http:') || isLoopback(url.hostname)
  if (url.protocol === 'https:' || (url.protocol === 'http:' && plainHttpAllowed)) return url.href
  throw new Error('the discovery document has a jwks_uri that is not https')
}

const readJson = async (path: string, maxBytes: number): Promise<unknown> => {
  const bytes = await readFile(path, maxBytes)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new Error(`${path} is not valid JSON`)
  }
}

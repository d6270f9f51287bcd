// The configured mapping from claims to headers, compiled to one function that runs once per
// verified token. It only makes headers; removing the client's own ones is apply.ts's work.
import { ownClaim, type Claims } from '../core/identity.ts'
import type { ClaimHeaderMap, Settings } from '../core/settings.ts'
import { claimEncoders } from './encode.ts'
import { claimRenderers, renderJson } from './render.ts'

/** What the text of a claim depends on. */
export type ClaimTextOptions = Pick<Settings, 'apiType' | 'claimEncoding'>

export interface ClaimHeaderOptions extends ClaimTextOptions, Pick<Settings, 'claimsHeader'> {
  readonly claimHeaders: ClaimHeaderMap
}

/** One claim, rendered and encoded for a header; undefined when it is null or absent. */
export type ClaimText = (claims: Claims, name: string) => string | undefined

/** Makes the function that every claim goes through on its way into a header. */
export const compileClaimText = ({ apiType, claimEncoding }: ClaimTextOptions): ClaimText => {
  const render = claimRenderers[apiType]
  const encode = claimEncoders[claimEncoding]
  return (claims, name) => {
    const rendered = render(name, ownClaim(claims, name))
    return rendered === undefined ? undefined : encode(rendered, apiType)
  }
}

/**
 * Makes the function that turns claims into header lines: flat, name, value, name, value…, in the
 * order of the map, the header with the whole payload last. Of a header's claims the first one
 * present is sent; a header none of whose claims is present is left out. An empty string is present,
 * null is not. Never throws, whatever the claims hold.
 */
export const compileClaimHeaders = (
  options: ClaimHeaderOptions,
): ((claims: Claims) => readonly string[]) => {
  const mapping = Object.entries(options.claimHeaders)
  const textOf = compileClaimText(options)
  return (claims) => {
    const lines: string[] = []
    for (const [header, names] of mapping) {
      const text = firstPresent(names, (name) => textOf(claims, name))
      if (text !== undefined) lines.push(header, text)
    }
    if (options.claimsHeader !== '') {
      const payload = renderJson(claims)
      if (payload !== undefined) lines.push(options.claimsHeader, toBase64Url(payload))
    }
    return lines
  }
}

const firstPresent = (
  names: readonly string[],
  textOf: (name: string) => string | undefined,
): string | undefined => {
  for (const name of names) {
    const text = textOf(name)
    if (text !== undefined) return text
  }
  return undefined
}

const toBase64Url = (text: string): string => Buffer.from(text, 'utf8').toString('base64url')

// The configured mapping from claims to headers, compiled to one function that runs once per
// verified token. It only makes headers; removing the client's own ones is apply.ts's work.
import { ownClaim, type Claims } from '../core/identity.ts'
import type { ClaimHeaderMap, Settings } from '../core/settings.ts'
import { claimEncoders } from './encode.ts'
import { renderClaim, renderJson, type RenderedClaim } from './render.ts'

export interface ClaimHeaderOptions extends Pick<Settings, 'claimsHeader' | 'claimEncoding'> {
  readonly claimHeaders: ClaimHeaderMap
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
  const encode = claimEncoders[options.claimEncoding]
  return (claims) => {
    const lines: string[] = []
    for (const [header, names] of mapping) {
      const rendered = firstPresent(claims, names)
      if (rendered !== undefined) lines.push(header, encode(rendered))
    }
    if (options.claimsHeader !== '') {
      const payload = renderJson(claims)
      if (payload !== undefined) lines.push(options.claimsHeader, toBase64Url(payload))
    }
    return lines
  }
}

const firstPresent = (claims: Claims, names: readonly string[]): RenderedClaim | undefined => {
  for (const name of names) {
    const rendered = renderClaim(name, ownClaim(claims, name))
    if (rendered !== undefined) return rendered
  }
  return undefined
}

const toBase64Url = (text: string): string => Buffer.from(text, 'utf8').toString('base64url')

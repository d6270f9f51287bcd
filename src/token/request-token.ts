// The one token of a request, plain or WebSocket handshake, from where its authorizer says that it is.
import type { Denial } from '../core/denial.ts'
import type { RequestFacts } from '../core/request.ts'
import type { IdentitySource } from '../core/settings.ts'
import { readCredentials, readHandshakeToken, readToken, type HandshakeSources } from './source.ts'

export interface TokenSources {
  readonly maxTokenBytes: number
  /** For WebSocket handshakes alone. */
  readonly handshakeSources: HandshakeSources
}

/** The parts of a request that can hold a token, its query aside. */
type Bearing = Pick<RequestFacts, 'rawHeaders' | 'webSocket'>

/**
 * As `tokenOf`, but the spelling of a plain request's token is not checked: the verifier does that when
 * it does not know the token.
 */
export const credentialsOf = (
  query: string,
  facts: Bearing,
  source: IdentitySource,
  sources: TokenSources,
): string | Denial =>
  facts.webSocket === undefined
    ? readCredentials({ rawHeaders: facts.rawHeaders, query }, source, sources.maxTokenBytes)
    : tokenOf(query, facts, source, sources)

/** The token of a request, or the refusals of `readToken` and `readHandshakeToken`. */
export const tokenOf = (
  query: string,
  { rawHeaders, webSocket }: Bearing,
  source: IdentitySource,
  { maxTokenBytes, handshakeSources }: TokenSources,
): string | Denial => {
  if (webSocket === undefined) return readToken({ rawHeaders, query }, source, maxTokenBytes)
  const bearer = { rawHeaders, query, protocols: webSocket.protocols }
  return readHandshakeToken(bearer, source, handshakeSources, maxTokenBytes)
}

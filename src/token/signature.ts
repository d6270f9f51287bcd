// Checks a token's signature with one key, by aws-jwt-verify. It does not look at time, issuer,
// audience or any other claim: those are judged elsewhere, on every request.
import { JwtInvalidSignatureError } from 'aws-jwt-verify/error'
import type { JwkWithKid } from 'aws-jwt-verify/jwk'
import type { DecomposedJwt } from 'aws-jwt-verify/jwt'
import { JwtVerifierBase } from 'aws-jwt-verify/jwt-verifier'

/** Returns when the signature is the key's; throws an error of aws-jwt-verify when it is not. */
export type SignatureCheck = (token: DecomposedJwt) => void

/**
 * Makes the check for one key. One verifier per key, because the library keeps key objects by `kid`:
 * shared, it would go on using a key that was replaced under its old name.
 */
export const createSignatureCheck = (jwk: JwkWithKid): SignatureCheck => {
  const verifier = new KeyVerifier(jwk)
  const wantedBytes = ecdsaBytes.get(jwk.crv)
  return (token) => {
    // OpenSSL calls any other length an error of its caller; it is the client's.
    const bytes = Buffer.from(token.signatureB64, 'base64url').length
    if (bytes !== (wantedBytes ?? bytes)) throw new JwtInvalidSignatureError('wrong length')
    verifier.check(token)
  }
}

/** Length of R and S together, by the key's curve (RFC 7518 §3.4). */
const ecdsaBytes: ReadonlyMap<unknown, number> = new Map([
  ['P-256', 64],
  ['P-384', 96],
  ['P-521', 132],
])

const keyUri = 'key:'

/** Claims pass unseen: `exp + Infinity` is never past, `nbf - Infinity` is never to come. */
const unjudged = { issuer: null, audience: null, graceSeconds: Infinity, jwksUri: keyUri } as const

type Unjudged = Record<string, unknown> & typeof unjudged

/** A class because the method that takes a token already taken apart is protected. */
class KeyVerifier extends JwtVerifierBase<Unjudged, Unjudged, false> {
  constructor(jwk: JwkWithKid) {
    super(unjudged)
    this.cacheJwks({ keys: [jwk] })
  }

  check(token: DecomposedJwt): void {
    this.verifyDecomposedJwtSync(token, keyUri, unjudged)
  }
}

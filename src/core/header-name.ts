// How a header's name looks to an upstream that turns it into a variable. Nothing here decides what
// is removed; it only says which names are the same one.

/**
 * The name under which two header names are the same to CGI, WSGI, PHP and their kin: lower case,
 * and every character that is no ASCII letter or digit is `_`. `X-Claim-Sub`, `x_claim_sub` and
 * `X.Claim~Sub` fold alike (CVE-2015-0219, CVE-2025-64484, CVE-2026-88011).
 */
export const foldHeaderName = (name: string): string =>
  // Replaced before lower-casing: some characters beyond ASCII have an ASCII lower case (U+212A).
  name.replace(/[^A-Za-z0-9]/g, '_').toLowerCase()

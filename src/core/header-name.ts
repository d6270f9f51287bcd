// How a header's name looks to an upstream that turns it into a variable, and a bounded memory for
// what is said of names. Nothing here decides what is removed.

/**
 * The name under which two header names are the same to CGI, WSGI, PHP and their kin: lower case,
 * and every character that is no ASCII letter or digit is `_`. `X-Claim-Sub`, `x_claim_sub` and
 * `X.Claim~Sub` fold alike (CVE-2015-0219, CVE-2025-64484, CVE-2026-88011).
 */
export const foldHeaderName = (name: string): string =>
  // Replaced before lower-casing: some characters beyond ASCII have an ASCII lower case (U+212A).
  name.replace(/[^A-Za-z0-9]/g, '_').toLowerCase()

/** Bounds of what `rememberBySpelling` keeps. Clients choose the spellings, so both must hold. */
const maxSpellings = 1024
const maxSpellingLength = 64

/**
 * Remembers what `classify` says of a name by its raw spelling, since clients send the same few names
 * again and again. When full it begins anew: a client that fills it with junk costs the others one
 * more look each, once.
 */
export const rememberBySpelling = <T>(classify: (name: string) => T): ((name: string) => T) => {
  const known = new Map<string, T>()
  return (name) => {
    if (name.length > maxSpellingLength) return classify(name)
    const remembered = known.get(name)
    if (remembered !== undefined) return remembered
    if (known.size >= maxSpellings) known.clear()
    const said = classify(name)
    known.set(name, said)
    return said
  }
}

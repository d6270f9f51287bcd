// The other ways in which an upstream may read a path: each fold is one liberty that some server
// takes. Folded paths serve comparison only; they are never matched in earnest and never forwarded.

/** Applies one liberty; gives back the very same array when there is nothing to change. */
type Fold = (segments: readonly string[]) => readonly string[]

/**
 * A segment in the form that comparisons without regard to case see. Beyond ASCII it goes through
 * upper case too, which catches `ſ` and the Kelvin sign: some servers take them for `s` and `k`.
 */
export const foldCase = (segment: string): string =>
  isLowerAscii(segment) ? segment : segment.toLowerCase().toUpperCase().toLowerCase()

/** A segment without its matrix parameters (RFC 3986 §3.3), as servlet containers see it. */
export const cutParameters = (segment: string): string => {
  const start = segment.indexOf(';')
  return start === -1 ? segment : segment.slice(0, start)
}

/** Every liberty at once: the fully folded path. Folding it again changes nothing. */
export const foldPath = (segments: readonly string[]): readonly string[] =>
  folds.reduce((folded, fold) => fold(folded), segments)

/**
 * Every combination of liberties that makes a difference, the untouched path first. Servers take
 * some and not others: Express ignores case and a last slash but keeps `;x`, Tomcat cuts `;x` and
 * minds the case. At most 16 readings; 1 for an ordinary path.
 */
export const readingsOf = (segments: readonly string[]): readonly (readonly string[])[] =>
  folds.reduce<readonly (readonly string[])[]>(
    (readings, fold) => readings.flatMap((reading) => withAndWithout(reading, fold)),
    [segments],
  )

const withAndWithout = (reading: readonly string[], fold: Fold): readonly (readonly string[])[] => {
  const folded = fold(reading)
  return folded === reading ? [reading] : [reading, folded]
}

// Spares nearly every segment three conversions, which add up on a long path.
const isLowerAscii = (segment: string): boolean => {
  for (let i = 0; i < segment.length; i++) {
    const code = segment.charCodeAt(i)
    if (code >= 0x80 || (code >= 0x41 && code <= 0x5a)) return false
  }
  return true
}

const splitEncodedSlashes: Fold = (segments) =>
  segments.some((segment) => segment.includes('/'))
    ? segments.flatMap((segment) => segment.split('/'))
    : segments

const onEach =
  (change: (segment: string) => string): Fold =>
  (segments) => {
    const changed = segments.map(change)
    return changed.every((segment, i) => segment === segments[i]) ? segments : changed
  }

const dropTrailingSlash: Fold = (segments) =>
  segments.length > 1 && segments.at(-1) === '' ? segments.slice(0, -1) : segments

// The order matters: slashes first, so that the other folds see the pieces between them, and the
// trailing slash last, since cutting `;x` can uncover one.
const folds: readonly Fold[] = [
  splitEncodedSlashes,
  onEach(cutParameters),
  onEach(foldCase),
  dropTrailingSlash,
]

// Parses the request-target. What two readers could read differently is refused; what is accepted
// is matched and forwarded as the very same bytes. Nothing is rewritten here.
import { deny, type Denial } from '../core/denial.ts'
import { cutParameters, foldPath } from './fold.ts'

declare const brand: unique symbol

/** A request-target in origin-form (RFC 9112 §3.2.1) with exactly one reading. */
export interface Target {
  readonly [brand]: true
  /** The bytes to forward: the path as received without the base path; starts with `/`. */
  readonly path: string
  /** As received: `''` or `?…`. */
  readonly query: string
  /** Decoded once. A trailing slash gives a last `''`; `/` is `['']`. */
  readonly segments: readonly string[]
  /** Whether a segment holds a decoded `%2F`; a route must allow it. */
  readonly encodedSlash: boolean
  /** The segments as the most liberal upstream would read them. */
  readonly folded: readonly string[]
  readonly foldDiffers: boolean
}

/**
 * Parses a request-target as received.
 *
 * @param raw - the target, one character per byte
 * @param basePath - `''` or `/prod`; compared with the raw bytes and removed
 * @returns `target_ambiguous`, which is judged on the whole target first, or `no_route` outside the
 *   base path. Precedents: CVE-2021-29492, CVE-2026-33494, GHSA-3q34-rx83-r6mq.
 */
export const parseTarget = (raw: string, basePath: string): Target | Denial => {
  if (!raw.startsWith('/') || !hasOnlyTargetBytes(raw)) return deny('target_ambiguous')
  const queryStart = raw.indexOf('?')
  const path = queryStart === -1 ? raw : raw.slice(0, queryStart)
  const plain = plainSegments(path)
  const decoded = plain ?? decodePath(path)
  if (decoded === undefined) return deny('target_ambiguous')
  if (path !== basePath && !path.startsWith(`${basePath}/`)) return deny('no_route')

  const inside = basePath === '' ? decoded : decoded.slice(basePath.split('/').length - 1)
  const segments: readonly string[] = inside.length === 0 ? [''] : inside
  const folded = plain === undefined ? foldPath(segments) : segments
  return {
    path: path === basePath ? '/' : path.slice(basePath.length),
    query: queryStart === -1 ? '' : raw.slice(queryStart),
    segments,
    encodedSlash: plain === undefined && segments.some((segment) => segment.includes('/')),
    folded,
    foldDiffers: folded !== segments,
  } as Target
}

/**
 * Controls, space and non-ASCII end or garble a request line somewhere; `#` starts a fragment for
 * some servers (CVE-2021-39156), in the query as well.
 */
export const hasOnlyTargetBytes = (raw: string): boolean => {
  for (let i = 0; i < raw.length; i++) {
    const byte = raw.charCodeAt(i)
    if (byte <= 0x20 || byte >= 0x7f || byte === NUMBER_SIGN) return false
  }
  return true
}

/**
 * The segments of a path of lower-case letters, digits, `-` and `_`, which nobody decodes, cuts or folds;
 * undefined for all others. Most paths are such, and are spared the questions whether they are.
 */
const plainSegments = (path: string): readonly string[] | undefined => {
  const segments: string[] = []
  let start = 1
  for (let i = 1; i < path.length; i++) {
    const code = path.charCodeAt(i)
    if (code === SLASH && i > start) {
      segments.push(path.slice(start, i))
      start = i + 1
    } else if (!isPlain(code)) return undefined
  }
  if (start >= path.length) return undefined
  segments.push(path.slice(start))
  return segments
}

/** The segments of a path, decoded once; undefined when any of it is ambiguous. */
const decodePath = (path: string): readonly string[] | undefined => {
  const segments: string[] = []
  for (const part of path.slice(1).split('/')) {
    const segment = part.includes('%') ? decodeEscapes(part) : part
    if (segment === undefined || !isOneSegment(segment)) return undefined
    segments.push(segment)
  }
  const beforeLast = segments.slice(0, -1)
  return beforeLast.some((segment) => cutParameters(segment) === '') ? undefined : segments
}

const decodeEscapes = (part: string): string | undefined => {
  const decoded = decodeUtf8(part)
  return decoded === undefined || hasHazardousCharacter(decoded) ? undefined : decoded
}

/** A segment decoded once; undefined for half escapes and for what is no UTF-8. */
export const decodeUtf8 = (part: string): string | undefined => {
  try {
    return decodeURIComponent(part) // refuses half escapes, overlong forms and lone surrogates
  } catch {
    return undefined
  }
}

/**
 * What is left after one decode: controls, and an escape that a second decode would resolve. The
 * latter is looked for in the decoded text, which finds `%252e` as well as `%25%32e`.
 */
export const hasHazardousCharacter = (decoded: string): boolean => {
  for (let i = 0; i < decoded.length; i++) {
    const code = decoded.charCodeAt(i)
    if (code < 0x20 || code === 0x7f) return true
    if (code === PERCENT && isHex(decoded.charCodeAt(i + 1)) && isHex(decoded.charCodeAt(i + 2))) {
      return true
    }
  }
  return false
}

/** Whether no reader can see dot segments, a backslash or a hidden empty segment in it. */
export const isOneSegment = (segment: string): boolean => {
  if (segment.includes('\\')) return false
  if (!segment.includes('/')) return !isDots(cutParameters(segment))
  // `admin;%2Fx` is `admin` to who cuts before decoding and two segments to who decodes first.
  const cut = segment.indexOf(';')
  if (cut !== -1 && segment.includes('/', cut)) return false
  return segment.split('/').every((piece) => {
    const name = cutParameters(piece)
    return name !== '' && !isDots(name)
  })
}

const isDots = (name: string): boolean => name === '.' || name === '..'

const SLASH = 0x2f
const NUMBER_SIGN = 0x23
const PERCENT = 0x25

const isPlain = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x5f

/** False for NaN too, which is what lies past the end of a string. */
const isHex = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66)

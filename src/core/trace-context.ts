// W3C Trace Context: what a `traceparent` says, if it is one. Nothing is made here; a trace is the
// business of those who record spans.

/** A version-00 line, or the beginning that later versions share with it (§3.2.4 and §4). */
const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/

/**
 * The trace id of a `traceparent`; undefined when it is malformed: upper case, all zeros, version ff,
 * more than version 00 has.
 */
export const traceIdOf = (traceparent: string): string | undefined => {
  const [, version, traceId, parentId, rest] = form.exec(traceparent) ?? []
  if (version === undefined || version === 'ff') return undefined
  if (version === '00' && rest !== undefined) return undefined
  if (/^0+$/.test(String(traceId)) || /^0+$/.test(String(parentId))) return undefined
  return traceId
}

/**
 * The trace id that header lines (flat: name, value…) bring; undefined when they bring none, more than
 * one or a malformed one.
 */
export const traceIdIn = (rawHeaders: readonly string[]): string | undefined => {
  let found: string | undefined
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (!isTraceparent(String(rawHeaders[index]))) continue
    if (found !== undefined) return undefined
    found = rawHeaders[index + 1]
  }
  return found === undefined ? undefined : traceIdOf(found)
}

const isTraceparent = (name: string): boolean =>
  name.length === 11 && name.toLowerCase() === 'traceparent'

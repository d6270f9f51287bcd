// Estimates what a cached token costs in memory, so that a bound in bytes is one. It overestimates
// rather than under: V8 shares and packs where this counts every part by itself.
import type { Identity } from '../core/identity.ts'

/** Bytes of heap that one entry keeps alive: its key, its claims and everything made from them. */
export const entryBytes = (key: string, identity: Identity): number => {
  const { claims, headers, audiences, scopes, groups } = identity
  const said = new Set(Object.values(claims))
  // What is rendered as the claim says it is the claim's own string.
  const values = headers.filter((value, index) => index % 2 === 1 && !said.has(value))
  const own = valueBytes([claims, values, audiences, scopes, groups])
  // The names of headers are the configuration's strings: an entry pays for the slots alone.
  return fixedBytes + stringBytes(key) + own + 4 * headers.length
}

/** The identity itself, its numbers, the entry and its slots in the cache's lists and map. */
const fixedBytes = 512

/** A walk without recursion: a payload may be nested as deep as its size allows. */
const valueBytes = (root: unknown): number => {
  let bytes = 0
  const open: unknown[] = [root]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string') bytes += stringBytes(value)
    else if (typeof value === 'number') bytes += 8
    else if (Array.isArray(value)) {
      bytes += 48 + 8 * value.length
      for (const element of value) open.push(element)
    } else if (typeof value === 'object' && value !== null) {
      const names = Object.keys(value)
      bytes += 56 + 16 * names.length
      for (const name of names) open.push(name, (value as Readonly<Record<string, unknown>>)[name])
    }
  }
  return bytes
}

/** Two bytes per character as soon as one of them is outside Latin-1, as V8 keeps strings. */
const stringBytes = (text: string): number =>
  24 + (/[^\x00-\xff]/.test(text) ? 2 * text.length : text.length)

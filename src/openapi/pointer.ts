// Names of places in an export (RFC 6901), and how texts from it stand in messages.

/** The pointer of something below `pointer`. */
export const below = (pointer: string, ...keys: readonly (string | number)[]): string =>
  [pointer, ...keys.map((key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1'))].join('/')

/** A value as a message shows it: texts quoted and shortened, lists and maps by kind only. */
export const shown = (value: unknown): string => {
  if (typeof value === 'string') return quote(value, 80)
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a map'
  return String(value)
}

/** The path by which a configuration's messages name a key of the map at `parent`. */
export const keyPath = (parent: string, key: string): string =>
  /^[\w:$/-]{1,64}$/.test(key) ? `${parent}.${key}` : `${parent}[${quote(key, 64)}]`

const quote = (text: string, longest: number): string => {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text
  // JSON leaves DEL and the C1 controls as they are; a terminal would obey them.
  return JSON.stringify(cut).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

// How values and places of a configuration or an export stand in messages: in one line, without what
// a terminal would obey.

/** The path of a key of the map at `parent`; keys that are not plain words are quoted. */
export const keyPath = (parent: string, key: string): string => {
  if (!/^[\w:$/-]{1,64}$/.test(key)) return `${parent}[${quote(key, 64)}]`
  return parent === '' ? key : `${parent}.${key}`
}

/** The path of an element of the list at `parent`. */
export const itemPath = (parent: string, index: number): string => `${parent}[${index}]`

/** A value as a message shows it: scalars as written, shortened; lists and maps by kind only. */
export const shown = (value: unknown): string => {
  if (typeof value === 'string') return quote(value, 80)
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a map'
  return String(value)
}

const quote = (text: string, longest: number): string => {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text
  // JSON leaves DEL and the C1 controls as they are; a terminal would obey them.
  return JSON.stringify(cut).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

// Text of others made fit to be shown at a terminal: bounded, and with nothing in it that moves the
// cursor, hides or reorders what is read. It decides nothing about what may be shown.

/** Characters that a terminal obeys or that cannot be seen: controls, formats, separators, halves. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** The text with every unseen character as `\u{…}`. */
export const visible = (text: string): string =>
  text.replace(unseen, (character) => `\\u{${String(character.codePointAt(0)?.toString(16))}}`)

/** JSON in which every unseen character is an escape of JSON's own, so that it still means the same. */
export const visibleJson = (value: unknown): string =>
  JSON.stringify(value, undefined, 2).replace(unseen, (character) =>
    character === '\n' ? character : asUnits(character),
  )

/** Longest text, and longest list, that is taken from a token or an issuer. */
const maxText = 200
const maxItems = 20

/** A text bounded and made visible. */
export const shown = (text: string): string =>
  visible(text.length > maxText ? `${text.slice(0, maxText)}…` : text)

/** Values bounded, made visible and joined; `none` when there are none. */
export const shownList = (values: readonly string[], joint = ', '): string => {
  if (values.length === 0) return 'none'
  const first = values.slice(0, maxItems).map(shown).join(joint)
  return values.length > maxItems ? `${first} and ${values.length - maxItems} more` : first
}

/** A time in seconds since the epoch, and how far it is from now. */
export const shownTime = (seconds: number, nowSeconds: number): string => {
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) return String(seconds)
  const distance = span(Math.abs(seconds - nowSeconds))
  const relative = seconds > nowSeconds ? `in ${distance}` : `${distance} ago`
  return `${date.toISOString().replace(/\.\d+Z$/, 'Z')} (${relative})`
}

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const

const span = (seconds: number): string => {
  const [unit, size] = units.find(([, size]) => seconds >= 2 * size) ?? ['s', 1]
  return `${Math.floor(seconds / size)} ${unit}`
}

const asUnits = (character: string): string =>
  Array.from({ length: character.length }, (_, index) => {
    const unit = character.charCodeAt(index)
    return `\\u${unit.toString(16).padStart(4, '0')}`
  }).join('')

// Finds names that occur twice in one JSON object, which JSON.parse settles in silence by taking the
// last one. It reads text that has been parsed already and judges nothing else.

/**
 * Whether any object in `json`, at any depth, has two members of one name, escapes resolved. RFC 7515
 * §4 and RFC 7519 §4 let a verifier refuse such tokens, since the next reader may take the other one.
 *
 * @param json valid JSON; for anything else the answer means nothing
 */
export const hasDuplicateNames = (json: string): boolean => {
  const open: Set<string>[] = []
  let names = new Set<string>()
  for (let index = 0; index < json.length; index += 1) {
    const code = json.charCodeAt(index)
    if (code === openingBrace) {
      open.push(names)
      names = new Set()
    } else if (code === closingBrace) {
      names = open.pop() ?? names
    } else if (code === quote) {
      const end = endOfString(json, index)
      if (isName(json, end)) {
        const name = textOf(json.slice(index, end))
        if (names.has(name)) return true
        names.add(name)
      }
      index = end - 1
    }
  }
  return false
}

const openingBrace = 0x7b
const closingBrace = 0x7d
const quote = 0x22
const backslash = 0x5c
const colon = 0x3a
const space = 0x20

/** The index after the closing quote of the string that opens at `start`. */
const endOfString = (json: string, start: number): number => {
  let end = json.indexOf('"', start + 1)
  while (end >= 0 && isEscaped(json, end)) end = json.indexOf('"', end + 1)
  return end < 0 ? json.length : end + 1
}

/** Whether an odd number of backslashes stands before a character of a string. */
const isEscaped = (json: string, at: number): boolean => {
  let before = at - 1
  while (json.charCodeAt(before) === backslash) before -= 1
  return (at - before) % 2 === 0
}

/** In valid JSON a colon follows names and nothing else, and white space is what is not above a space. */
const isName = (json: string, end: number): boolean => {
  let index = end
  while (json.charCodeAt(index) <= space) index += 1
  return json.charCodeAt(index) === colon
}

const textOf = (literal: string): string =>
  literal.includes('\\') ? String(JSON.parse(literal)) : literal.slice(1, -1)

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
    const character = json[index]
    if (character === '{') {
      open.push(names)
      names = new Set()
    } else if (character === '}') {
      names = open.pop() ?? names
    } else if (character === '"') {
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

/** The index after the closing quote of the string that opens at `start`. */
const endOfString = (json: string, start: number): number => {
  let index = start + 1
  while (index < json.length && json[index] !== '"') index += json[index] === '\\' ? 2 : 1
  return index + 1
}

/** In valid JSON a colon follows names and nothing else. */
const isName = (json: string, end: number): boolean => {
  let index = end
  while (whitespace.has(json[index])) index += 1
  return json[index] === ':'
}

const whitespace: ReadonlySet<string | undefined> = new Set([' ', '\t', '\n', '\r'])

const textOf = (literal: string): string =>
  literal.includes('\\') ? String(JSON.parse(literal)) : literal.slice(1, -1)

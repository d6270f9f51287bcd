// Checks one value against one leaf of a schema table, by type first. Numbers are numbers and texts
// are texts: nothing is converted, but for the environment, whose values are all text.
import { isPlainMap, type Leaf, type ListLeaf, type WholeLeaf } from './leaf.ts'
import { itemPath, keyPath, shown, type Report } from './problem.ts'

/** Reports everything wrong with `value` as the value of `leaf`; `at` is its path. */
export const checkLeaf = (leaf: Leaf, value: unknown, at: string, report: Report): void => {
  if (value === null) {
    report(at, 'has no value; give one, or leave the key out')
    return
  }
  switch (leaf.format) {
    case 'text':
      checkText(value, at, report)
      return
    case 'whole':
      checkWhole(leaf, value, at, report)
      return
    case 'flag':
      if (typeof value !== 'boolean') report(at, `${shown(value)} is not true or false`)
      return
    case 'word':
      checkWord(leaf.words, value, at, report)
      return
    case 'list':
      checkList(leaf, value, at, report)
      return
    case 'text-or-list':
      checkTextOrList(value, at, report)
      return
    case 'text-map':
      forEachEntry(value, at, report, checkText)
      return
    case 'template-map':
      forEachEntry(value, at, report, checkLines)
      return
    case 'status':
      checkStatus(value, at, report)
      return
    case 'list-map':
      forEachEntry(value, at, report, checkTextOrList)
      return
    case 'named-entries':
      forEachEntry(value, at, report, () => undefined)
      return
    case 'entries':
      if (!Array.isArray(value)) report(at, `${shown(value)} is not a list`)
  }
}

/**
 * The value that a text from the environment stands for. A text that is not exactly a decimal
 * number stays text, for `checkLeaf` to refuse: `80abc`, `0x1F90`, `1e3`, ` 80`.
 */
export const fromText = (format: Leaf['format'], text: string): unknown => {
  if (format === 'list') return text.split(',').map((item) => item.trim())
  if (format === 'whole') return /^(?:0|[1-9]\d{0,15})$/.test(text) ? Number(text) : text
  return text
}

// No value of this configuration has a use for them, and many end up in headers or logs.
const checkText = (value: unknown, at: string, report: Report): void => {
  checkCharacters(value, /[\p{Cc}\p{Cs}]/u, at, report)
}

/** As a text, but with tabs and line breaks. */
const checkLines = (value: unknown, at: string, report: Report): void => {
  checkCharacters(value, /(?![\t\r\n])[\p{Cc}\p{Cs}]/u, at, report)
}

const checkCharacters = (value: unknown, unwanted: RegExp, at: string, report: Report): void => {
  if (typeof value === 'string') {
    if (unwanted.test(value)) report(at, `${shown(value)} holds a control character`)
    return
  }
  const scalar = typeof value === 'number' || typeof value === 'boolean'
  const hint = scalar ? `; write it in quotes: '${String(value)}'` : ''
  report(at, value === null ? 'has no value' : `${shown(value)} is not text${hint}`)
}

const checkWhole = (leaf: WholeLeaf, value: unknown, at: string, report: Report): void => {
  const range = `give one from ${leaf.min} to ${leaf.max}`
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    const quoted = typeof value === 'string' && /^\d+$/.test(value)
    report(at, `${shown(value)} is not a whole number; ${range}${quoted ? ', without quotes' : ''}`)
    return
  }
  if (value < leaf.min || value > leaf.max) report(at, `${value} is out of range; ${range}`)
}

/**
 * API Gateway takes any status from 100 to 599. A refusal that is answered 2xx looks permitted to
 * whoever asks, and 1xx, 204 and 304 are framed otherwise; so redirects and errors are left.
 */
const checkStatus = (value: unknown, at: string, report: Report): void => {
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text === 'string' && /^(?:30[12378]|[45]\d\d)$/.test(text)) return
  const allowed = '400 to 599, or 301, 302, 303, 307, 308 for a redirect'
  report(at, `${shown(value)} is not the status of a refusal; give ${allowed}`)
}

const checkWord = (words: readonly string[], value: unknown, at: string, report: Report): void => {
  if (typeof value === 'string' && words.includes(value)) return
  const lower = typeof value === 'string' ? value.toLowerCase() : undefined
  const meant = words.find((word) => word.toLowerCase() === lower)
  const hint = meant === undefined ? '' : `; write ${meant}`
  report(at, `${shown(value)} is not one of: ${words.join(', ')}${hint}`)
}

const checkList = (leaf: ListLeaf, value: unknown, at: string, report: Report): void => {
  if (!Array.isArray(value)) {
    const hint = typeof value === 'string' ? `; write [${shown(value)}]` : ''
    report(at, `${shown(value)} is not a list${hint}`)
    return
  }
  value.forEach((item: unknown, index) => {
    const place = itemPath(at, index)
    if (leaf.words === undefined) checkItem(item, place, report)
    else checkWord(leaf.words, item, place, report)
    const first = value.indexOf(item)
    if (first < index) report(place, `${shown(item)} stands in the list already`)
  })
}

const checkTextOrList = (value: unknown, at: string, report: Report): void => {
  if (!Array.isArray(value)) {
    checkItem(value, at, report)
    return
  }
  if (value.length === 0) report(at, 'is an empty list, which nothing could satisfy')
  checkList({ format: 'list', default: null, doc: '' }, value, at, report)
}

const checkItem = (value: unknown, at: string, report: Report): void => {
  if (value === '') report(at, 'is an empty entry')
  checkText(value, at, report)
}

const forEachEntry = (
  value: unknown,
  at: string,
  report: Report,
  check: (value: unknown, at: string, report: Report) => void,
): void => {
  if (!isPlainMap(value)) {
    report(at, `${shown(value)} is not a map of names to values`)
    return
  }
  for (const [name, entry] of Object.entries(value)) {
    const place = keyPath(at, name)
    if (name === '') report(place, 'a name may not be empty')
    checkText(name, place, report)
    check(entry, place, report)
  }
}

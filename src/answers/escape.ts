// Makes text from a request safe where a gateway response puts it: on a header line, in JSON, in HTML
// or XML, in other text. Whatever a client sends stays a value there and never becomes structure.

/** What a value from outside becomes in one place. */
export type Escape = (text: string) => string

/** One line of printable ASCII: controls and all beyond ASCII become %XX of their UTF-8. */
export const headerText: Escape = (text) =>
  text.replace(/[^\x20-\x7e]+/g, (part) =>
    [...Buffer.from(part, 'utf8')]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  )

/**
 * Inside the quotes of a JSON string. `<`, `>` and `&` are written as escapes too, so that the text
 * starts nothing for a reader that takes the answer for HTML.
 */
export const jsonText: Escape = (text) => unmarked(JSON.stringify(text).slice(1, -1))

/** Where JSON wants a value: a number or another scalar as it is, all else as a string of its own. */
export const jsonValue: Escape = (text) =>
  jsonScalar.test(text) ? text : unmarked(JSON.stringify(text))

/** RFC 8259 §3 and §6. */
const jsonScalar = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/

const unmarked: Escape = (json) =>
  json.replace(
    /[<>&\x7f-\x9f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** HTML and XML, in text and in quoted attributes. XML 1.0 §2.2 has no place for controls. */
export const markupText: Escape = (text) =>
  plainText(text).replace(/[&<>"']/g, (character) => entities[character] as string)

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // `&apos;` is not in HTML 4.
  "'": '&#39;',
}

/** Any other text: no controls, line breaks among them. */
export const plainText: Escape = (text) => text.replace(/[\p{Cc}\u2028\u2029]/gu, '')

/** Header text as it was received, one character per byte, as the text that its UTF-8 stands for. */
export const receivedText = (text: string | undefined): string | undefined => {
  if (text === undefined || !/[\x80-\xff]/.test(text)) return text
  try {
    return utf8.decode(Buffer.from(text, 'latin1'))
  } catch {
    return text
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

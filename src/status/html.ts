// HTML by construction: what is put into a template is text, unless it was made by a template itself.
import { formats, valueAt, type Format } from './formats.ts'

/** HTML that `html` has made. Nothing else may be taken for it. */
export interface Markup {
  readonly markup: string
}

type Content = string | number | Markup | readonly Markup[]

/** A template literal whose values are escaped. Attributes must stand in double quotes. */
export const html = (strings: TemplateStringsArray, ...values: readonly Content[]): Markup => {
  const texts = withoutIndents(strings)
  let markup = texts[0] as string
  for (let index = 0; index < values.length; index += 1) {
    markup += render(values[index] as Content) + (texts[index + 1] as string)
  }
  return { markup }
}

const squeezed = new WeakMap<TemplateStringsArray, readonly string[]>()

/** The layout of the source, which would be half of a long table; taken out once per template. */
const withoutIndents = (strings: TemplateStringsArray): readonly string[] => {
  const known = squeezed.get(strings)
  if (known !== undefined) return known
  const made = strings.map((text) => text.replace(/\n\s+/g, '\n'))
  squeezed.set(strings, made)
  return made
}

const render = (content: Content): string => {
  if (typeof content === 'string') return escapeHtml(content)
  if (typeof content === 'number') return String(content)
  return 'markup' in content ? content.markup : content.map(({ markup }) => markup).join('')
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Nearly all text has nothing to escape, and a search is far cheaper than a replacement. */
const escapeHtml = (text: string): string =>
  /[&<>"']/.test(text)
    ? text.replace(/[&<>"']/g, (character) => escapes[character] as string)
    : text

/**
 * A value of the report that the page's script keeps up to date. `scope` is the report or the entry of
 * a list that the path begins at; undefined makes the empty place of a row to come.
 */
export const live = (path: string, format: Format, scope: unknown): Markup => {
  if (scope === undefined) return html`<span data-v="${path}" data-f="${format}"></span>`
  const value = valueAt(scope, path)
  const text = (formats[format] as (value: unknown) => string)(value)
  // For the style sheet: words have their colour, and a zero is quiet.
  const mark = value === 0 || format === 'word' ? String(value) : ''
  return mark === ''
    ? html`<span data-v="${path}" data-f="${format}">${text}</span>`
    : html`<span data-v="${path}" data-f="${format}" data-is="${mark}">${text}</span>`
}

// The templates of gateway responses: which one a client gets, and its text with the request's values
// filled in, escaped for the content type. Compiled when the gate starts.
import { fillIn, type Expression, type Piece, type RequestView } from '../core/expression.ts'
import type { ResponseTemplate } from '../core/gateway-response.ts'
import { jsonText, jsonValue, markupText, plainText, type Escape } from './escape.ts'

/** The body that a client gets. */
export interface Body {
  readonly contentType: string
  readonly fill: (view: RequestView) => string
}

/** Chooses by the request's `Accept`. */
export type ChooseBody = (view: RequestView) => Body

/**
 * Compiles the templates of one gateway response; undefined when it has none. The first type in
 * `Accept` that a template is for is taken, else application/json, else the first template. AWS does
 * not say how it chooses; weights (`;q=`) are not compared here.
 */
export const compileBodies = (templates: readonly ResponseTemplate[]): ChooseBody | undefined => {
  const byType = new Map<string, Body>()
  for (const template of templates) {
    const type = essenceOf(template.contentType)
    if (!byType.has(type)) byType.set(type, compileBody(template))
  }
  const [first] = byType.values()
  const fallback = byType.get('application/json') ?? first
  if (fallback === undefined) return undefined
  return (view) => {
    const accepted = byType.size === 1 ? [] : (view.header('accept') ?? '').split(',')
    for (const range of accepted) {
      const body = byType.get(essenceOf(range))
      if (body !== undefined) return body
    }
    return fallback
  }
}

/** `type/subtype` in lower case, without parameters. */
const essenceOf = (mediaType: string): string => mediaType.replace(/;.*$/s, '').trim().toLowerCase()

const compileBody = ({ contentType, template }: ResponseTemplate): Body => {
  const parts = escapesOf(essenceOf(contentType), joinLiterals(template))
  return {
    contentType,
    fill: (view) => parts.map(({ piece, escape }) => fillIn([piece], view, escape)).join(''),
  }
}

/** A piece of a template, and what its value becomes there. */
interface Part {
  readonly piece: Piece
  readonly escape: Escape
}

const escapesOf = (type: string, template: Expression): readonly Part[] => {
  if (/[/+]json$/.test(type)) return jsonParts(template)
  const escape = /[/+](?:html|xml)$/.test(type) ? markupText : plainText
  return template.map((piece) => ({ piece, escape }))
}

/**
 * A value inside quotes stays inside them; one that stands by itself is quoted, unless it is a
 * number or the like. So no value can add a member, whichever way the template was written.
 */
const jsonParts = (template: Expression): readonly Part[] => {
  let quoted = false
  return template.map((piece) => {
    const escape = quoted ? jsonText : jsonValue
    if (piece.from !== 'literal') return { piece, escape }
    quoted = endsQuoted(piece.text, quoted)
    // A backslash at the end would escape the first character of the value behind it.
    const text = quoted && endsEscaping(piece.text) ? `${piece.text}\\` : piece.text
    return { piece: { from: 'literal', text }, escape }
  })
}

/** Whether a JSON string is open at the end of a text that began inside one, or not. */
const endsQuoted = (text: string, quoted: boolean): boolean => {
  const quotes = [...text.matchAll(/\\[^]|"/g)].filter(([token]) => token === '"')
  return quoted === (quotes.length % 2 === 0)
}

const endsEscaping = (text: string): boolean =>
  (text.length - text.replace(/\\+$/, '').length) % 2 === 1

/** Stage variables are literals too: an escape or a string may begin in one and end in the next. */
const joinLiterals = (template: Expression): Expression =>
  template.reduce<readonly Piece[]>((pieces, piece) => {
    const before = pieces.at(-1)
    if (piece.from !== 'literal' || before?.from !== 'literal') return [...pieces, piece]
    return [...pieces.slice(0, -1), { from: 'literal', text: before.text + piece.text }]
  }, [])

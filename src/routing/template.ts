// Parses route templates such as `/orders/{orderId}` and `/files/{proxy+}`. It knows what a template
// may say, not which routes exist.
import { fail, ok, type Result } from '../core/result.ts'
import { foldCase } from './fold.ts'

export type TemplateSegment =
  /** Compared with the once-decoded segment; `''` stands for a trailing slash. */
  | { readonly kind: 'literal'; readonly text: string }
  /** Takes one segment that is not empty. */
  | { readonly kind: 'parameter'; readonly name: string }
  /** Always last. Takes one segment that is not empty and whatever follows. */
  | { readonly kind: 'greedy'; readonly name: string }

/**
 * Parses a template (API Gateway, "Set up a proxy integration with a proxy resource").
 *
 * @returns the segments, or everything that is wrong with it, each as one line
 */
export const parseTemplate = (
  path: string,
): Result<readonly TemplateSegment[], readonly string[]> => {
  if (!path.startsWith('/')) return fail([`${quote(path)} must start with "/", or be "$default"`])
  const texts = path.slice(1).split('/')
  const segments = texts.map(toSegment)
  const problems = [
    ...texts.flatMap((text, i) => segmentProblems(text, i === texts.length - 1)),
    ...nameProblems(segments),
  ]
  const wrong = problems.map((problem) => `${quote(path)}: ${problem}`)
  return wrong.length === 0 ? ok(segments) : fail(wrong)
}

/** The template without its parameters' names: equal for templates that take the same paths. */
export const templateShape = (segments: readonly TemplateSegment[]): string =>
  segments.map(shapeOf).join('/')

/**
 * The forms in which a liberal upstream may know the template's path, the template itself first: in
 * any case of letters, without its trailing slash.
 */
export const templateForms = (
  segments: readonly TemplateSegment[],
): readonly (readonly TemplateSegment[])[] => {
  const forms = [segments, segments.map(foldLiteral)]
  const all = forms.flatMap((form) => [form, withoutTrailingSlash(form)])
  return [...new Map(all.map((form) => [templateShape(form), form])).values()]
}

const parameter = /^\{([A-Za-z0-9._-]+)(\+?)\}$/

// A literal is compared with decoded text. These can never stand in a parsed target, or would make
// the template say something else than it seems to.
const unmatchable = /[\u0000-\u001f\u007f%\\?#;]|\p{Surrogate}/u

const toSegment = (text: string): TemplateSegment => {
  const [, name, plus] = parameter.exec(text) ?? []
  if (name === undefined) return { kind: 'literal', text }
  return { kind: plus === '+' ? 'greedy' : 'parameter', name }
}

const segmentProblems = (text: string, isLast: boolean): readonly string[] => {
  const match = parameter.exec(text)
  if (match !== null) {
    return match[2] === '+' && !isLast ? [`${text} must be the last segment`] : []
  }
  if (text === '') return isLast ? [] : ['has an empty segment']
  if (text === '.' || text === '..') return [`has the segment ${quote(text)}`]
  if (/[{}]/.test(text)) return [`${quote(text)} is no parameter: ${parameterRule}`]
  return unmatchable.test(text) ? [`${quote(text)} can match no path: ${literalRule}`] : []
}

const parameterRule =
  'write {name} or {name+} as a whole segment, the name of letters, digits, ".", "_" and "-"'
const literalRule = 'write it decoded, without "%", "\\", "?", "#", ";" and control characters'

const nameProblems = (segments: readonly TemplateSegment[]): readonly string[] => {
  const names = segments.flatMap((segment) => (segment.kind === 'literal' ? [] : [segment.name]))
  const twice = names.filter((name, i) => names.indexOf(name) !== i)
  return [...new Set(twice)].map((name) => `has two parameters named ${quote(name)}`)
}

const shapeOf = (segment: TemplateSegment): string => {
  switch (segment.kind) {
    case 'literal':
      return segment.text
    case 'parameter':
      return '{}'
    case 'greedy':
      return '{+}'
  }
}

const foldLiteral = (segment: TemplateSegment): TemplateSegment =>
  segment.kind === 'literal' ? { kind: 'literal', text: foldCase(segment.text) } : segment

const withoutTrailingSlash = (segments: readonly TemplateSegment[]): readonly TemplateSegment[] => {
  const last = segments.at(-1)
  const isSlash = last?.kind === 'literal' && last.text === ''
  return isSlash && segments.length > 1 ? segments.slice(0, -1) : segments
}

/** As a JSON string, so that invisible characters show. */
const quote = (text: string): string => JSON.stringify(text)

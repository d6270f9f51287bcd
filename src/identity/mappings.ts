// The parameter mappings of one route, compiled: which lines give way to them, and the lines that they
// make. Which names are removed from the clients of other routes is apply.ts's business.
import { evaluate, type RequestView } from '../core/expression.ts'
import { foldHeaderName } from '../core/header-name.ts'
import { keepsClientLines, type HeaderMapping } from '../core/header-mapping.ts'

export interface RouteMappings {
  /** Whether a client's line of that name is removed on this route. */
  readonly replaces: (name: string) => boolean
  /** The lines (flat: name, value…) that no mapping of this route is about. */
  readonly without: (lines: readonly string[]) => readonly string[]
  /** The lines to set. Values that refer to nothing that is there set none. */
  readonly lines: (view: RequestView) => readonly string[]
  /** The same for a request that is nobody's: without the mappings that tell claims. */
  readonly linesOfNobody: (view: RequestView) => readonly string[]
  /** What `Host` becomes: a literal. Undefined leaves it. */
  readonly host: string | undefined
}

/** Compiles the mappings of a route; undefined for none, so that most routes pay nothing. */
export const compileMappings = (mappings: readonly HeaderMapping[]): RouteMappings | undefined => {
  if (mappings.length === 0) return undefined
  const targets = foldsOf(mappings)
  const replaced = foldsOf(mappings.filter((mapping) => !keepsClientLines(mapping)))
  const hosts = mappings.filter(({ name }) => foldHeaderName(name) === 'host')
  const others = mappings.filter((mapping) => !hosts.includes(mapping))
  const claimless = others.filter(({ expression }) =>
    expression.every(({ from }) => from !== 'claim'),
  )
  return {
    replaces: (name) => replaced.has(foldHeaderName(name)),
    without: (lines) =>
      lines.filter((_, index) => !targets.has(foldHeaderName(lines[index & ~1] as string))),
    lines: (view) => linesOf(others, view),
    linesOfNobody: (view) => linesOf(claimless, view),
    host: hosts.map(literalText)[0],
  }
}

const linesOf = (mappings: readonly HeaderMapping[], view: RequestView): readonly string[] =>
  mappings.flatMap(({ name, expression }) => {
    const value = evaluate(expression, view)
    return value === undefined ? [] : [name, value]
  })

const foldsOf = (mappings: readonly HeaderMapping[]): ReadonlySet<string> =>
  new Set(mappings.map(({ name }) => foldHeaderName(name)))

const literalText = ({ expression }: HeaderMapping): string =>
  expression.map((piece) => (piece.from === 'literal' ? piece.text : '')).join('')

// What is wrong with a configuration, as values: a place, and one line for the operator. Collects,
// names places and quotes what was given; it judges nothing.

/** One thing an operator has to change. */
export interface Problem {
  /** `authorizers.pool.clientIds[1]`, `LISTEN_PORT` for the environment, a file's name, or ''. */
  readonly path: string
  /** One line: what was given, what is allowed, what to do. */
  readonly message: string
}

/** Notes a problem at a place. Checks take one and go on, so that all problems come at once. */
export type Report = (path: string, message: string) => void

export interface Problems {
  readonly report: Report
  readonly all: () => readonly Problem[]
  /** Whether something was reported at `path` or below it. */
  readonly below: (path: string) => boolean
}

/** An empty collection. The same words at the same place are kept once. */
export const createProblems = (): Problems => {
  const found: Problem[] = []
  const known = new Set<string>()
  return {
    report: (path, message) => {
      const key = `${path}\n${message}`
      if (known.has(key)) return
      known.add(key)
      found.push({ path, message })
    },
    all: () => found,
    below: (path) => found.some((problem) => isWithin(problem.path, path)),
  }
}

/** Whether `path` is `ancestor` or a key or element somewhere below it. */
export const isWithin = (path: string, ancestor: string): boolean =>
  path === ancestor || path.startsWith(`${ancestor}.`) || path.startsWith(`${ancestor}[`)

/**
 * Problems in the order of the file. `order` has the place of every path that stands in it; what is
 * missing takes the place of the nearest key around it, and the rest comes last.
 */
export const inFileOrder = (
  problems: readonly Problem[],
  order: ReadonlyMap<string, number>,
): readonly Problem[] => {
  const placed = problems.map((problem) => ({ problem, at: placeOf(problem.path, order) }))
  return placed.sort((one, other) => one.at - other.at).map(({ problem }) => problem)
}

const placeOf = (path: string, order: ReadonlyMap<string, number>): number => {
  const at = order.get(path)
  if (at !== undefined) return at
  const around = path.replace(/[.[][^.[]*$/, '')
  return around === path ? Number.MAX_SAFE_INTEGER : placeOf(around, order)
}

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

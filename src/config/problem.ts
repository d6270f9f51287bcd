// What is wrong with a configuration, as values: a place, and one line for the operator. Collects,
// names places and quotes what was given; it judges nothing.

export { itemPath, keyPath, shown } from '../core/shown.ts'

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

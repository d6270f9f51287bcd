// The door to convict: defaults, then the file, then the environment, validated strictly. Data must
// have passed the structural pass; what convict still finds wrong is a bug and throws.
import { createRequire } from 'node:module'
import type Convict from 'convict'
import { checkLeaf, fromText } from './leaf-check.ts'
import { isLeaf, isMapLeaf, type Leaf, type PlainMap, type Table, type Values } from './leaf.ts'
import { createProblems } from './problem.ts'

const convict = createRequire(import.meta.url)('convict') as typeof Convict

type Environment = Readonly<Record<string, string>>

/**
 * The values of a table: `given` over the defaults, `env` over both. Only the variables that are
 * handed in are read, and no arguments. Keys of the file never become convict paths
 * (CVE-2022-22143, CVE-2023-0163 and later): free-named maps travel inside a list.
 * @throws Error when `given` or `env` do not fit the table
 */
export const withDefaults = <T extends Table>(
  table: T,
  given: PlainMap,
  env: Environment,
): Values<T> => {
  const config = convict<PlainMap>(convictSchema(table), { env, args: [] })
  config.load(wrapMaps(table, given)).validate({ allowed: 'strict' })
  return unwrapMaps(table, config.getProperties()) as Values<T>
}

const formats = [
  'text',
  'whole',
  'flag',
  'word',
  'list',
  'text-or-list',
  'text-map',
  'template-map',
  'status',
  'list-map',
  'named-entries',
  'entries',
] as const satisfies readonly Leaf['format'][]

for (const format of formats) {
  convict.addFormat({
    name: format,
    validate: (value: unknown, leaf) => validate(leaf as Leaf, value),
    // Called for texts alone, and the only texts for these two come from the environment.
    ...(format === 'whole' || format === 'list'
      ? { coerce: (text: string) => fromText(format, text) }
      : {}),
  })
}

const validate = (leaf: Leaf, value: unknown): void => {
  const problems = createProblems()
  const inner: unknown = isMapLeaf(leaf) ? (value as unknown[])[0] : value
  checkLeaf(leaf, inner, '', problems.report)
  const [problem] = problems.all()
  if (problem !== undefined) throw new Error(problem.message)
}

/** The table as convict takes it: map defaults wrapped, a null default admitted as "not given". */
const convictSchema = (table: Table): Convict.Schema<PlainMap> =>
  Object.fromEntries(
    Object.entries(table).map(([key, node]) => [
      key,
      isLeaf(node)
        ? { ...node, default: wrap(node, node.default), nullable: node.default === null }
        : convictSchema(node),
    ]),
  )

const wrapMaps = (table: Table, given: PlainMap): PlainMap => mapLeaves(table, given, wrap)

const unwrapMaps = (table: Table, values: PlainMap): PlainMap =>
  mapLeaves(table, values, (leaf, value) =>
    isMapLeaf(leaf) && Array.isArray(value) ? (value[0] as unknown) : value,
  )

const wrap = (leaf: Leaf, value: unknown): unknown =>
  isMapLeaf(leaf) && value !== null ? [value] : value

const mapLeaves = (
  table: Table,
  data: PlainMap,
  change: (leaf: Leaf, value: unknown) => unknown,
): PlainMap =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      const node = table[key]
      if (node === undefined) return [key, value]
      return [key, isLeaf(node) ? change(node, value) : mapLeaves(node, value as PlainMap, change)]
    }),
  )

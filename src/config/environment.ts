// The environment variables that override a file, found by the schema tables that name them. Checked
// as text, before anything is converted. No other variable is looked at.
import { checkLeaf, fromText } from './leaf-check.ts'
import { isLeaf, type Leaf, type Table } from './leaf.ts'
import { createProblems, isWithin, keyPath, shown, type Report } from './problem.ts'
import { cognitoTable } from './schema-authorizers.ts'
import { topTable } from './schema.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** The authorizer that COGNITO_* define. */
export const environmentAuthorizer = 'default'

export interface Environment {
  /** Usable values by variable name. */
  readonly values: Readonly<Record<string, string>>
  /** The first COGNITO_* variable that is set, usable or not. */
  readonly authorizerVariable: string | undefined
  /** The variable that a problem at this path is the fault of, else the path itself. */
  readonly placeOf: (path: string) => string
}

interface Binding {
  readonly name: string
  readonly path: string
  readonly leaf: Leaf
}

/** Reads the variables of the schema; an empty one is unset, an unusable one is reported. */
export const readEnvironment = (env: Variables, report: Report): Environment => {
  const given = bindings.flatMap((binding) => {
    const text = env[binding.name]
    return text === undefined || text === '' ? [] : [{ ...binding, text }]
  })
  const values: [string, string][] = []
  for (const { name, leaf, text } of given) {
    const problems = createProblems()
    checkLeaf(leaf, fromText(leaf.format, text), name, problems.report)
    for (const { message } of problems.all()) {
      report(name, leaf.format === 'list' ? `${message}, in ${shown(text)}` : message)
    }
    if (problems.all().length === 0) values.push([name, text])
  }
  return {
    values: Object.fromEntries(values),
    authorizerVariable: given.find(({ path }) => isWithin(path, authorizerPath))?.name,
    placeOf: (path) => given.find((binding) => isWithin(path, binding.path))?.name ?? path,
  }
}

const bindingsOf = (table: Table, at: string): readonly Binding[] =>
  Object.entries(table).flatMap(([key, node]) => {
    const path = keyPath(at, key)
    if (!isLeaf(node)) return bindingsOf(node, path)
    return node.env === undefined ? [] : [{ name: node.env, path, leaf: node }]
  })

const authorizerPath = keyPath('authorizers', environmentAuthorizer)

const bindings: readonly Binding[] = [
  ...bindingsOf(topTable, ''),
  ...bindingsOf(cognitoTable, authorizerPath),
]

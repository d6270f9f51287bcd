// The documentation of every key, generated from the schema tables: the README's tables and
// config/reference.yaml. Nothing is said here that the tables do not say.
import { stringify } from './yaml.ts'
import { isLeaf, type Leaf, type Table } from './leaf.ts'
import { markdownTable } from './markdown-table.ts'
import { cognitoTable, jwtTable } from './schema-authorizers.ts'
import { deniedTokenTable } from './schema-deny-list.ts'
import { gatewayResponseTable } from './schema-gateway-responses.ts'
import { routeTable } from './schema-routes.ts'
import { topTable } from './schema.ts'

/** Markdown tables of every key: key, default, environment variable, what it is. */
export const configurationTable = (): string =>
  [
    rowsTable(topTable, ''),
    'Each entry of `authorizers` of type `COGNITO_USER_POOLS`:',
    rowsTable(cognitoTable, 'authorizers.NAME.'),
    'Each entry of `authorizers` of type `JWT`:',
    rowsTable(jwtTable, 'authorizers.NAME.'),
    'Each entry of `routes`:',
    rowsTable(routeTable, 'routes[].'),
    'Each entry of the file that `denyList.file` names:',
    rowsTable(deniedTokenTable, '[].'),
    'Each entry of `gatewayResponses`:',
    rowsTable(gatewayResponseTable, 'gatewayResponses.TYPE.'),
  ].join('\n\n')

/** A configuration file of every key with its documentation and default. */
export const referenceYaml = (): string =>
  [
    '# Every key of the configuration with its documentation and its default.',
    '# Keys behind a bare # have no default; remove the # to set them.',
    '# Generated from the schema by `npm run docs`; do not edit.',
    ...yamlLines(topTable, ''),
    '',
  ].join('\n')

const rowsTable = (table: Table, prefix: string): string =>
  markdownTable(['key', 'default', 'environment', 'what it is'], rowsOf(table, prefix))

const rowsOf = (table: Table, prefix: string): readonly (readonly string[])[] =>
  Object.entries(table).flatMap(([key, node]) => {
    const path = `${prefix}${key}`
    if (!isLeaf(node)) return rowsOf(node, `${path}.`)
    const variable = node.env === undefined ? '' : `\`${node.env}\``
    return [[`\`${path}\``, defaultCell(node), variable, asMarkdown(describe(node))]]
  })

const defaultCell = (leaf: Leaf): string => {
  if (leaf.required === true) return 'required'
  if (leaf.default === null) return 'none'
  const isLong = typeof leaf.default === 'object' && JSON.stringify(leaf.default).length > 40
  return isLong ? 'see `config/reference.yaml`' : `\`${inline(leaf.default)}\``
}

/** The documentation of a leaf, with what its values may be. */
const describe = (leaf: Leaf): string => {
  if (leaf.format === 'whole') return `${leaf.doc} From ${leaf.min} to ${leaf.max}.`
  if (!('words' in leaf)) return leaf.doc
  const kind = leaf.format === 'list' ? 'Any of' : 'One of'
  return `${leaf.doc} ${kind}: ${leaf.words.join(', ')}.`
}

/** Text as Markdown that shows it letter by letter. */
const asMarkdown = (text: string): string => text.replace(/[*<>[\]\\]/g, '\\$&')

const inline = (value: unknown): string =>
  stringify(value, {
    collectionStyle: 'flow',
    singleQuote: true,
    flowCollectionPadding: false,
  }).trim()

const yamlLines = (table: Table, indent: string): readonly string[] =>
  Object.entries(table).flatMap(([key, node]) => {
    const gap = indent === '' ? [''] : []
    if (!isLeaf(node)) return [...gap, `${indent}${key}:`, ...yamlLines(node, `${indent}  `)]
    return [...gap, ...comment(describe(node), indent), ...leafLines(key, node, indent)]
  })

const leafLines = (key: string, leaf: Leaf, indent: string): readonly string[] => {
  if (leaf.format === 'named-entries') {
    return commentedOut([`${key}:`, ...namedEntryLines(key)])
  }
  if (leaf.format === 'entries') {
    const [first = '', ...others] = yamlLines(routeTable, '    ')
    return commentedOut([`${key}:`, `  -${first.slice(3)}`, ...others])
  }
  if (leaf.default === null) return [`${indent}#${key}:`]
  const lines = stringify({ [key]: leaf.default }, { singleQuote: true, lineWidth: 0 })
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => `${indent}${line}`)
}

/** One entry of each kind that the map can hold. */
const namedEntryLines = (key: string): readonly string[] =>
  key === 'gatewayResponses'
    ? ['  TYPE:', ...yamlLines(gatewayResponseTable, '    ')]
    : [...entryLines(cognitoTable), ...entryLines(jwtTable)]

/** An authorizer named after its type, with the type given. */
const entryLines = (table: typeof cognitoTable | typeof jwtTable): readonly string[] => {
  const type = table === jwtTable ? 'JWT' : 'COGNITO_USER_POOLS'
  return [
    `  NAME_OF_${type}:`,
    `    type: ${type}`,
    ...yamlLines(table, '    ').filter((line) => line !== '    #type:'),
  ]
}

const commentedOut = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => `#${line}`)

/** Comment lines of at most 100 characters. */
const comment = (text: string, indent: string): readonly string[] => {
  const room = 98 - indent.length
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`
    if (lines.length === 0 || longer.length > room) lines.push(word)
    else lines[lines.length - 1] = longer
  }
  return lines.map((line) => `${indent}# ${line}`)
}

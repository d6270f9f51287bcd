// How deeply a YAML text is nested, found without recursion, before anything that recurses sees it.
import type { CST } from 'yaml'

/** Levels of lists and maps that a file may have. The deepest key of the schema is at five. */
export const maxDepth = 64

/** The depth of lists and maps in what the parser yields; 0 for a scalar. */
export const nestingOf = (tokens: readonly CST.Token[]): number => {
  const todo = tokens.map((token) => ({ token, depth: 0 }))
  let deepest = 0
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { token, depth } = next
    deepest = Math.max(deepest, depth)
    for (const child of children(token)) {
      todo.push({ token: child, depth: token.type === 'document' ? depth : depth + 1 })
    }
  }
  return deepest
}

const children = (token: CST.Token): readonly CST.Token[] => {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value]
  if (!('items' in token)) return []
  return token.items.flatMap((item) =>
    [item.key, item.value].filter((child) => child !== undefined && child !== null),
  )
}

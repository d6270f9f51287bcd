// What a route asks of a good token, in the words in which commands print it.
import type { Access } from '../core/route.ts'

/** One text each: `scopes: orders/read or orders/admin`. Empty when a good token is enough. */
export const conditionsOf = (access: Extract<Access, { kind: 'token' }>): readonly string[] =>
  [
    anyOf('scopes', access.scopes),
    anyOf('groups', access.groups),
    ...access.claims.map(({ name, values }) => anyOf(name, values)),
  ].filter((text) => text !== '')

const anyOf = (what: string, values: readonly string[]): string =>
  values.length === 0 ? '' : `${what}: ${values.join(' or ')}`

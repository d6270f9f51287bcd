// Numbers what routes ask of a request, so that two routes are compared by one integer each. It does
// not judge anything.
import type { Route } from '../core/route.ts'

/** What two routes must share to be of one protection. */
type Protected = Pick<Route, 'access' | 'enforcement'>

/**
 * Makes the numbering of one route table: equal numbers stand for the same protection, whatever the
 * order in which scopes, groups, claims and their values were written.
 */
export const createProtectionIds = (): ((route: Protected) => number) => {
  const ids = new Map<string, number>()
  return (route) => {
    const key = canonical(route)
    const id = ids.get(key) ?? ids.size
    ids.set(key, id)
    return id
  }
}

const canonical = ({ access, enforcement }: Protected): string => {
  if (access.kind !== 'token') return access.kind
  const claims = access.claims.map(({ name, values }) => JSON.stringify([name, sorted(values)]))
  return JSON.stringify([
    access.authorizer,
    sorted(access.scopes),
    sorted(access.groups),
    sorted(claims),
    enforcement,
  ])
}

const sorted = (values: readonly string[]): readonly string[] => [...new Set(values)].sort()

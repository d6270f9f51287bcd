// What answers are handed of a request, for tests to vary.
import type { AnswerContext } from '../../src/core/answer.ts'
import type { RequestView } from '../../src/core/expression.ts'
import type { Route } from '../../src/core/route.ts'
import { route } from '../server/data-listener.ts'

/** The parts of a request by name. */
export interface SeenParts {
  readonly header?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly context?: Readonly<Record<string, string>>
}

export const viewOf = ({ header = {}, query = {}, context = {} }: SeenParts): RequestView => ({
  header: (name) => header[name],
  query: (name) => query[name],
  path: () => undefined,
  requestPath: () => undefined,
  context: (name) => context[name],
  claim: () => undefined,
})

/** The context of a request with these parts. */
export const contextOf = (parts: SeenParts, route?: Route): AnswerContext => ({
  requestId: 'id-1',
  route,
  view: () => viewOf(parts),
})

/** The context of a request whose parts must not be looked at. */
export const unseen = (route?: Route): AnswerContext => ({
  requestId: 'id-1',
  route,
  view: () => {
    throw new Error('this answer needs no view of the request')
  },
})

/** A route with these scopes. */
export const routeWithScopes = (scopes: readonly string[]): Route => ({
  ...route,
  access: { kind: 'token', authorizer: 'pool', scopes, groups: [], claims: [] },
})

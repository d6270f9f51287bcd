// What a route does with a request that it permits, besides forwarding it: for people and for JSON.
// Literals are not shown: a mapping may hold a credential.
import type { Piece } from '../core/expression.ts'
import type { HeaderMapping } from '../core/header-mapping.ts'
import type { Mock, Route } from '../core/route.ts'

type Handling = Pick<Route, 'mock' | 'requestParameters'>

/** In a few words; '' for a route that only forwards. */
export const describeHandling = ({ mock, requestParameters }: Handling): string => {
  if (mock !== undefined) return `mock ${mock.statusCode}`
  const actions = [...new Set(requestParameters.map(({ action }) => action))]
  return actions
    .map((action) => {
      const names = requestParameters.filter((each) => each.action === action)
      return `${verbs[action]} ${names.map(({ name }) => name).join(', ')}`
    })
    .join('; ')
}

const verbs = {
  overwrite: 'sets',
  append: 'appends',
  remove: 'removes',
} satisfies Record<HeaderMapping['action'], string>

/** The same as JSON: only the keys that say something. */
export const handlingAsJson = ({ mock, requestParameters }: Handling): object => ({
  ...(mock === undefined ? {} : { mock: mockAsJson(mock) }),
  ...(requestParameters.length === 0
    ? {}
    : {
        requestParameters: requestParameters.map(({ action, name, expression }) => ({
          action,
          name,
          from: expression.map(describePiece),
        })),
      }),
})

const mockAsJson = ({ statusCode, headers }: Mock): object => {
  const names = headers.filter((_, index) => index % 2 === 0)
  return {
    statusCode,
    headers: Object.fromEntries(names.map((name, at) => [name, headers[2 * at + 1]])),
  }
}

const describePiece = (piece: Piece): string =>
  'name' in piece ? `${piece.from} ${piece.name}` : piece.from

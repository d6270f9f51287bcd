import t from 'tap'
import { mappingWarnings } from '../../src/config/mapping-warnings.ts'
import type { HeaderMapping } from '../../src/core/header-mapping.ts'
import type { RouteSettings, Settings } from '../../src/core/settings.ts'

const overwrite = (name: string, ...expression: HeaderMapping['expression']): HeaderMapping => ({
  action: 'overwrite',
  name,
  expression,
})

const claim = { from: 'claim', name: 'sub' } as const
const theirs = { from: 'header', name: 'x-any' } as const

const warningsOf = (
  routes: readonly (readonly HeaderMapping[])[],
  access: RouteSettings['access'] = { authorizer: 'pool' },
) =>
  mappingWarnings({
    claimHeaders: { 'X-Claim-Sub': ['sub'] },
    claimsHeader: 'X-Claims',
    authorizers: [{ claimHeaders: { 'X-Own': ['sub'] } }, { claimHeaders: undefined }],
    routes: routes.map((requestParameters, index) => ({
      access,
      requestParameters,
      origin: `routes[${index}]`,
    })),
  } as unknown as Settings).map(({ path, message }) => `${path}: ${message}`)

t.test('careful mappings have no warnings', async (t) => {
  t.strictSame(warningsOf([[], []]), [])
  t.strictSame(warningsOf([[overwrite('X-User', claim)], [overwrite('X-Copy', theirs)]]), [])
  t.strictSame(warningsOf([[overwrite('X-Claim-Sub', claim)]]), [], 'a claim in its own header')
  t.strictSame(warningsOf([[{ action: 'remove', name: 'X-Claim-Sub', expression: [] }]]), [])
  t.strictSame(warningsOf([[overwrite('X-Env', { from: 'literal', text: 'prod' })]], 'NONE'), [])
})

t.test('what fails at the integration is said', async (t) => {
  t.strictSame(warningsOf([[], [overwrite('X-Amzn-Trace-Id', theirs)]]), [
    'routes[1].requestParameters: maps X-Amzn-Trace-Id: API Gateway accepts that and answers every request with 500, and so does the gate',
  ])
})

t.test('claims of a route that asks for no token are not there', async (t) => {
  t.strictSame(warningsOf([[overwrite('X-User', theirs, claim)]], 'NONE'), [
    'routes[0].requestParameters: sets X-User from a claim, but the route asks for no token and so has none',
  ])
})

t.test('an identity header that the client can fill is named', async (t) => {
  for (const name of ['x_claim_sub', 'X-Claims', 'X-Own', 'X-Mapped']) {
    t.strictSame(
      warningsOf([[overwrite(name, theirs)], [overwrite('X-Mapped', claim)]]),
      [
        `routes[0].requestParameters: sets ${name}, which tells who is calling elsewhere, from what the client sends`,
      ],
      name,
    )
  }
})

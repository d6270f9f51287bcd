import t from 'tap'
import { claimHeaderWarnings } from '../../src/config/claim-header-warnings.ts'
import type { AuthorizerSettings, ClaimHeaderMap, Settings } from '../../src/core/settings.ts'
import { cognitoAuthorizer, jwtAuthorizer } from '../helpers/authorizer-settings.ts'
import { route } from '../helpers/authorizing.ts'

const found = (
  authorizers: readonly AuthorizerSettings[],
  claimHeaders: ClaimHeaderMap,
  routes = [route('/a')],
) =>
  claimHeaderWarnings({ authorizers, claimHeaders, routes } as unknown as Settings).map(
    ({ path, message }) => `${path} ${message.split(/[:,] /).slice(0, 3).join(' ')}`,
  )

const scoped = [route('/a', { scopes: ['s'] })]
const access = 'is never set its routes take access tokens which have no'
const ids = 'is never set its routes take ID tokens which have no'

t.test('a header whose claims no token of its routes has', async (t) => {
  const pool = cognitoAuthorizer({ name: 'pool' })
  const mail = { 'X-Mail': ['email', 'custom:mail'] }
  const client = { 'X-Client': ['client_id'] }
  const cases = [
    { got: found([pool], mail), want: [] },
    { got: found([pool], mail, [...scoped, route('/b')]), want: [] },
    { got: found([pool], mail, scoped), want: [`claimHeaders.X-Mail ${access}`] },
    { got: found([pool], { 'X-A': ['email', 'sub'] }, scoped), want: [] },
    { got: found([pool], client, scoped), want: [] },
    { got: found([pool], client), want: [`claimHeaders.X-Client ${ids}`] },
    { got: found([{ ...pool, tokenUse: 'any' }], { ...mail, ...client }), want: [] },
    { got: found([{ ...pool, tokenUse: 'id' }], mail, scoped), want: [] },
    { got: found([jwtAuthorizer({ name: 'pool' })], { ...mail, ...client }), want: [] },
    {
      got: found([{ ...pool, claimHeaders: mail }], { 'X-Sub': ['sub'] }, scoped),
      want: [
        'claimHeaders.X-Sub is never set no route asks for a token whose claims this map is for; it is only removed from clients',
        `authorizers.pool.claimHeaders.X-Mail ${access}`,
      ],
    },
    { got: found([{ ...pool, name: 'idle', claimHeaders: mail }], {}), want: [] },
  ]
  for (const { got, want } of cases) {
    t.strictSame(
      got.map((text, index) => text.slice(0, want[index]?.length)),
      want,
    )
  }
})

t.test('the default map is nobody’s mistake', async (t) => {
  const pool = cognitoAuthorizer({ name: 'pool' })
  const map = { 'X-Claim-Email': ['email'], 'X-Claim-Client-Id': ['client_id', 'aud'] }
  t.strictSame(found([pool], map, scoped), [])
  t.strictSame(found([pool], map, [route('/a', { access: 'NONE' })]), [])
  t.equal(found([pool], { 'X-Claim-Email': ['custom:mail'] }, scoped).length, 1)
})

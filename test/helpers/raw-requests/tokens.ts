// The tokens of generated requests, and the gate's configuration that they are made for.
import type { UserPool } from '../../../src/demo/user-pool.ts'
import type { GoodToken, Tokens } from './draft.ts'

/** In YAML: what stands below the listeners, for a gate before `upstream`. */
export const rawRoutes = `
routes:
  - { path: '/protected/{proxy+}', method: ANY, authorizer: pool }
  - { path: '/admin/{proxy+}', method: ANY, authorizer: pool, authorizationGroups: [admins] }
  - { path: '/public/{proxy+}', method: ANY, authorizationType: NONE }
  - { path: '/denied/{proxy+}', method: ANY, authorizationType: DENY }
`

/** Keys of the authorizer, in YAML's flow style. */
export const rawAuthorizer = 'clientIds: [app], tokenUse: id'

/** For a pool whose client is `app`, and another one that nobody trusts. */
export const createTokens = (pool: UserPool, stranger: UserPool): Tokens => {
  const good = Array.from({ length: 12 }, (_, index): [string, GoodToken] => {
    const sub = `user-${index}`
    const admin = index % 4 === 0
    const groups = admin ? { 'cognito:groups': ['admins'] } : {}
    return [pool.idToken({ sub, ...groups }), { admin, headers: headersOf(pool, sub, admin) }]
  })
  const [first = ''] = good.map(([token]) => token)
  const [head = '', , signature = ''] = first.split('.')
  const past = Math.floor(Date.now() / 1000) - 60
  const admins = Buffer.from('{"sub":"user-0","cognito:groups":["admins"]}').toString('base64url')
  const bad = [
    pool.idToken({ exp: past }),
    pool.idToken({ aud: 'another' }),
    pool.accessToken(),
    stranger.idToken({ iss: pool.issuer }),
    stranger.idToken(),
    `${head}.${admins}.${signature}`,
    `${first.slice(0, -8)}AAAAAAAA`,
    'x.y.z',
  ]
  return { good: new Map(good), bad }
}

const headersOf = (pool: UserPool, sub: string, admin: boolean): GoodToken['headers'] => ({
  'x-claim-issuer': pool.issuer,
  'x-claim-sub': sub,
  'x-claim-username': 'jane',
  'x-claim-email': 'jane@example.com',
  'x-claim-email-verified': 'true',
  'x-claim-client-id': 'app',
  ...(admin ? { 'x-claim-groups': 'admins' } : {}),
})

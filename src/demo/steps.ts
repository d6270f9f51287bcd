// The tour: which requests are sent and what must come of each. Data, read top to bottom.
import type { Stage } from './stage.ts'

export interface Step {
  readonly title: string
  readonly method: string
  readonly path: string
  /** Flat: name, value, name, value… */
  readonly headers: readonly string[]
  readonly want: Expectation
}

/** What must come of a step; `sees` are headers the service must see, undefined for must not. */
export type Expectation =
  | { readonly status: 200; readonly sees: Readonly<Record<string, string | undefined>> }
  | { readonly status: 400 | 401 | 403; readonly denial: string }

const subject = 'a81bc81b-dead-4e5d-abff-90865d1e13b1'

/** The steps of the tour, with live tokens of the stage's pools. */
export const tourSteps = (stage: Stage): readonly Step[] => {
  const idToken = stage.pool.idToken({ sub: subject, email: 'jane@example.com' })
  return [
    ...goodTokens(stage, idToken),
    ...badTokens(stage, idToken),
    ...rules(stage, idToken),
    ...tricks(idToken),
  ]
}

const goodTokens = ({ pool }: Stage, idToken: string): readonly Step[] => [
  get('good ID token', '/profile', bearer(idToken), {
    status: 200,
    sees: { 'x-claim-sub': subject, 'x-claim-email': 'jane@example.com' },
  }),
  get(
    'good access token, scope held',
    '/orders/7',
    bearer(pool.accessToken({ sub: subject, scope: 'orders/read' })),
    { status: 200, sees: { 'x-claim-sub': subject, 'x-claim-scope': 'orders/read' } },
  ),
  get('token without Bearer', '/profile', ['Authorization', idToken], seesSubject),
]

const badTokens = ({ pool, strangers }: Stage, idToken: string): readonly Step[] => [
  get('no token', '/profile', [], refused(401, 'token_missing')),
  get('expired', '/profile', bearer(pool.idToken({ exp: 1 })), refused(401, 'token_expired')),
  get('tampered', '/profile', bearer(tamper(idToken)), refused(401, 'signature_invalid')),
  get('of another pool', '/profile', bearer(strangers.idToken()), refused(401, 'issuer_mismatch')),
  get(
    'of another app client',
    '/profile',
    bearer(pool.idToken({ aud: 'another' })),
    refused(401, 'client_mismatch'),
  ),
  get(
    'access token, ID wanted',
    '/profile',
    bearer(pool.accessToken()),
    refused(401, 'token_use_mismatch'),
  ),
  get('ID token, access wanted', '/orders/7', bearer(idToken), refused(401, 'token_use_mismatch')),
]

const rules = ({ pool }: Stage, idToken: string): readonly Step[] => [
  get(
    'scope not held',
    '/orders/7',
    bearer(pool.accessToken({ scope: 'orders/write' })),
    refused(401, 'scope_insufficient'),
  ),
  get('in the group', '/admin/users', bearer(pool.idToken({ 'cognito:groups': ['admins'] })), {
    status: 200,
    sees: { 'x-claim-groups': 'admins' },
  }),
  get(
    'not in the group',
    '/admin/users',
    bearer(pool.idToken({ 'cognito:groups': ['staff'] })),
    refused(403, 'group_insufficient'),
  ),
  get('no such route', '/elsewhere', bearer(idToken), refused(403, 'no_route')),
  get('route denied', '/internal/x', bearer(idToken), refused(403, 'route_denied')),
  get('public route, no token', '/health', [], seesNothing),
]

const tricks = (idToken: string): readonly Step[] => [
  get(
    'public, spoofed headers',
    '/public/x',
    ['X-Claim-Sub', 'root', 'X_Claim_Sub', 'root'],
    seesNothing,
  ),
  get(
    'token, spoofed header',
    '/profile',
    [...bearer(idToken), 'X-Claim-Sub', 'root'],
    seesSubject,
  ),
  get('encoded climb', '/public/..%2fadmin/users', [], refused(400, 'target_ambiguous')),
  get('dot segments', '/public/../admin/users', [], refused(400, 'target_ambiguous')),
]

const seesSubject: Expectation = { status: 200, sees: { 'x-claim-sub': subject } }
const seesNothing: Expectation = {
  status: 200,
  sees: { 'x-claim-sub': undefined, x_claim_sub: undefined },
}

const refused = (status: 400 | 401 | 403, denial: string): Expectation => ({ status, denial })

const bearer = (token: string): readonly string[] => ['Authorization', `Bearer ${token}`]

const get = (title: string, path: string, headers: readonly string[], want: Expectation): Step => ({
  title,
  method: 'GET',
  path,
  headers,
  want,
})

/** Another payload under the same signature. */
const tamper = (token: string): string => {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
  const forged = { ...claims, sub: 'root', 'cognito:groups': ['admins'] }
  return [header, Buffer.from(JSON.stringify(forged)).toString('base64url'), signature].join('.')
}

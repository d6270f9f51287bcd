// What an entry of `authorizers` becomes. Reports every problem and goes on: what is returned beside
// a problem is never run.
import type {
  AuthorizerSettings,
  CognitoAuthorizer,
  IssuerSettings,
  JwtAuthorizer,
  Settings,
} from '../core/settings.ts'
import type { AuthorizerEntry, CognitoEntry, JwtEntry } from './entries.ts'
import { claimHeaderMap } from './claim-headers.ts'
import { parseIdentitySource } from './identity-source.ts'
import { fillTemplate, issuerSettings, type IssuerNames } from './issuers.ts'
import { itemPath, keyPath, shown, type Report } from './problem.ts'
import { cognitoTable, jwtTable } from './schema-authorizers.ts'
import { parseHttpUrl } from './urls.ts'
import { parsePoolArn, parsePoolId, type UserPool } from './user-pools.ts'

/** What every check of an entry is handed. */
export interface Context {
  readonly report: Report
  /** Makes a path of the configuration absolute. */
  readonly resolvePath: (path: string) => string
  /**
   * Settings that a gate runs by. The files that it watches by themselves are not read again, and the
   * deny list of another file is left empty: it may be long, and is read aside.
   */
  readonly inForce?: SelfReloading | undefined
}

export type SelfReloading = Pick<Settings, 'listen' | 'denyList'>

/** The settings of one authorizer. */
export const authorizerSettings = (
  entry: AuthorizerEntry,
  context: Context,
): AuthorizerSettings => {
  const at = keyPath('authorizers', entry.name)
  // Names become metric labels; "none" is the label of requests without an authorizer.
  if (!/^[\w.-]{1,128}$/.test(entry.name) || entry.name === 'none') {
    context.report(at, 'cannot be a name: use letters, digits, "_", "." and "-", and not "none"')
  }
  return entry.type === 'JWT'
    ? jwtSettings(entry, at, context)
    : cognitoSettings(entry, at, context)
}

const cognitoSettings = (
  { name, values }: CognitoEntry,
  at: string,
  context: Context,
): CognitoAuthorizer => {
  values.clientIds.forEach((id, index) => {
    if (/^[\w+]{1,128}$/.test(id)) return
    const place = itemPath(keyPath(at, 'clientIds'), index)
    context.report(place, `${shown(id)} is not the id of an app client`)
  })
  const expression = values.identityValidationExpression
  checkExpression(expression, keyPath(at, 'identityValidationExpression'), context.report)
  return {
    ...commonSettings(values, at, context),
    type: 'COGNITO_USER_POOLS',
    name,
    issuers: cognitoIssuers(values, at, context),
    algorithms: ['RS256'],
    groupsClaim: 'cognito:groups',
    clientIds: values.clientIds,
    tokenUse: values.tokenUse,
    audienceExpression: expression,
  }
}

const jwtSettings = ({ name, values }: JwtEntry, at: string, context: Context): JwtAuthorizer => {
  const { issuer, audience } = values.jwtConfiguration
  const place = keyPath(at, 'jwtConfiguration')
  const url = parseHttpUrl(issuer, 'path', keyPath(place, 'issuer'), context.report)
  if (audience.length === 0) {
    context.report(keyPath(place, 'audience'), 'is empty, so no token could pass')
  }
  if (values.algorithms.length === 0) {
    context.report(keyPath(at, 'algorithms'), 'is empty, so no token could pass')
  }
  const options = { ...values, defaultUri: jwtTable.jwksUri.default }
  return {
    ...commonSettings(values, at, context),
    type: 'JWT',
    name,
    issuers: issuerSettings(url === undefined ? [] : [{ issuer, placeholders: {} }], options, {
      ...context,
      at,
    }),
    algorithms: values.algorithms,
    groupsClaim: values.groupsClaim,
    audience,
  }
}

const commonSettings = (
  values: CognitoEntry['values'] | JwtEntry['values'],
  at: string,
  { report }: Context,
) => ({
  identitySource: parseIdentitySource(
    values.identitySource,
    values.type,
    keyPath(at, 'identitySource'),
    report,
  ),
  cacheTtlSeconds: values.authorizerResultTtlInSeconds,
  graceSeconds: values.graceSeconds,
  maxTokenAgeSeconds: values.maxTokenAgeSeconds,
  claimHeaders:
    values.claimHeaders === null
      ? undefined
      : claimHeaderMap(values.claimHeaders, keyPath(at, 'claimHeaders'), report),
})

const cognitoIssuers = (
  values: CognitoEntry['values'],
  at: string,
  context: Context,
): readonly IssuerSettings[] => {
  const pools = userPools(values, at, context.report)
  const shared = (key: 'issuer' | 'jwksUri', needed: RegExp): void => {
    if (pools.length < 2 || needed.test(values[key])) return
    context.report(keyPath(at, key), 'is the same for several user pools; put {userPoolId} into it')
  }
  shared('issuer', /\{userPoolId\}/)
  shared('jwksUri', /\{userPoolId\}|\{issuer\}/)
  const issuers = pools.flatMap(({ id, region }): readonly IssuerNames[] => {
    const placeholders = { region, userPoolId: id }
    const place = keyPath(at, 'issuer')
    const issuer = fillTemplate(values.issuer, placeholders, place, context.report)
    if (issuer === undefined) return []
    return parseHttpUrl(issuer, 'path', place, context.report) === undefined
      ? []
      : [{ issuer, placeholders }]
  })
  if (values.jwksUri === '') context.report(keyPath(at, 'jwksUri'), 'is empty')
  const options = { ...values, defaultUri: cognitoTable.jwksUri.default }
  return issuerSettings(issuers, options, { ...context, at })
}

const userPools = (
  { providerARNs, userPoolIds }: CognitoEntry['values'],
  at: string,
  report: Report,
): readonly UserPool[] => {
  if (providerARNs.length === 0 && userPoolIds.length === 0) {
    report(at, 'names no user pool; give providerARNs or userPoolIds')
  }
  if (providerARNs.length > 0 && userPoolIds.length > 0) {
    report(at, 'has both providerARNs and userPoolIds; give one of the two')
  }
  const pools = [
    ...providerARNs.map((arn, index) =>
      parsePoolArn(arn, itemPath(keyPath(at, 'providerARNs'), index), report),
    ),
    ...userPoolIds.map((id, index) =>
      parsePoolId(id, itemPath(keyPath(at, 'userPoolIds'), index), report),
    ),
  ]
  return pools.filter((pool) => pool !== undefined)
}

/** Checked alone and as it is used: `a)|(b` compiles only inside the group. */
const checkExpression = (expression: string, at: string, report: Report): void => {
  for (const source of [expression, `^(?:${expression})$`]) {
    try {
      new RegExp(source)
    } catch {
      report(at, `${shown(expression)} is not a regular expression`)
    }
  }
}

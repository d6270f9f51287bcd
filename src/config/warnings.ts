// What a configuration may say but its operator should know: legal, loaded, and risky.
import { describeReportMode, reportModeOf } from '../core/report-mode.ts'
import type { AuthorizerSettings, RouteSettings, Settings } from '../core/settings.ts'
import { carelessWarnings } from './careless-warnings.ts'
import { claimHeaderWarnings } from './claim-header-warnings.ts'
import { corsWarnings } from './cors.ts'
import { decisionWarnings } from './decision.ts'
import { exportPath } from './export.ts'
import { outOfDate } from './listen-tls.ts'
import { mappingWarnings } from './mapping-warnings.ts'
import { itemPath } from './problem.ts'

/** One thing worth a second look, at the place where it was configured. */
export interface Warning {
  readonly path: string
  readonly message: string
}

/**
 * All warnings: the listener, the export, authorizers, routes, gateway responses. An empty list is the
 * normal case.
 */
export const findWarnings = (settings: Settings, nowMs: number): readonly Warning[] => {
  const used = new Set(
    settings.routes.flatMap(({ access }) =>
      typeof access === 'string' ? [] : [access.authorizer],
    ),
  )
  return [
    ...listenWarnings(settings, nowMs),
    ...exportWarnings(settings),
    ...carelessWarnings(settings),
    ...settings.authorizers.flatMap((authorizer) => [
      ...(used.has(authorizer.name) ? [] : [unused(authorizer)]),
      ...clientWarnings(authorizer),
      ...issuerWarnings(authorizer),
    ]),
    ...reportModeWarnings(settings),
    ...settings.routes.flatMap(publicWarnings),
    ...claimHeaderWarnings(settings),
    ...passHeaderWarnings(settings),
    ...mappingWarnings(settings),
    ...denyListWarnings(settings),
    ...gatewayResponseWarnings(settings),
    ...corsWarnings(settings),
    ...decisionWarnings(settings),
  ]
}

const listenWarnings = ({ listen: { tls } }: Settings, nowMs: number): readonly Warning[] => {
  const fault = tls === undefined ? undefined : outOfDate(tls, nowMs)
  return fault === undefined
    ? []
    : [{ path: 'listen.tls.certFile', message: `the certificate ${fault}; clients will refuse it` }]
}

/** What of the export is refused or left out. What is only worth knowing, `import` tells. */
const exportWarnings = ({ openapi: { file, notes } }: Settings): readonly Warning[] =>
  notes
    .filter(({ effect }) => effect !== 'note')
    .map(({ pointer, message, effect }) => ({
      path: exportPath(file, pointer),
      message: effect === 'denied' ? `refused: ${message}` : message,
    }))

const unused = ({ name }: AuthorizerSettings): Warning => ({
  path: `authorizers.${name}`,
  message: 'no route uses this authorizer; its claim headers are stripped but never set',
})

const clientWarnings = (authorizer: AuthorizerSettings): readonly Warning[] => {
  if (authorizer.type !== 'COGNITO_USER_POOLS') return []
  if (authorizer.clientIds.length > 0 || authorizer.audienceExpression !== '') return []
  return [
    {
      path: `authorizers.${authorizer.name}.clientIds`,
      message: 'empty, so tokens of every app client of the user pool pass, as in API Gateway',
    },
  ]
}

const issuerWarnings = ({ name, issuers }: AuthorizerSettings): readonly Warning[] =>
  issuers
    .filter(({ keys }) => keys.kind !== 'file' && isPlainHttp(keys.uri))
    .map(({ keys }) => ({
      path: `authorizers.${name}.insecureHttpJwks`,
      message: `signing keys come over plain http from ${(keys as { uri: string }).uri}; whoever controls that network can sign tokens`,
    }))

const isPlainHttp = (uri: string): boolean => {
  const { protocol, hostname } = new URL(uri)
  return protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
}

const publicWarnings = (route: RouteSettings): readonly Warning[] => {
  if (route.access !== 'NONE') return []
  if (route.path !== '$default' && !route.path.endsWith('+}')) return []
  return [
    {
      path: route.origin,
      message: `every path that only ${route.path} takes is public; list the public paths one by one where you can`,
    },
  ]
}

const passHeaderWarnings = ({ passHeaders }: Settings): readonly Warning[] =>
  passHeaders.map((name, index) => ({
    path: itemPath('passHeaders', index),
    message: `${name} is let through: a service that takes orders from it may serve another path or method than was checked`,
  }))

const reportModeWarnings = (settings: Settings): readonly Warning[] => {
  const text = describeReportMode(reportModeOf(settings))
  const idle = settings.routes.filter(
    ({ access, enforcement }) => typeof access === 'string' && enforcement !== settings.enforcement,
  )
  return [
    ...(text === undefined
      ? []
      : [{ path: 'enforcement', message: `${text}; remove enforcement: report to refuse it` }]),
    ...idle.map(({ access, origin }) => ({
      path: `${origin}.enforcement`,
      message: `has no effect: ${access === 'DENY' ? 'DENY is refused in either' : 'nothing is asked for here'}`,
    })),
  ]
}

/** A name that is off by a slash revokes nothing, and nobody would notice. */
const denyListWarnings = ({ authorizers, denyList }: Settings): readonly Warning[] => {
  const known = new Set(authorizers.flatMap(({ issuers }) => issuers.map(({ issuer }) => issuer)))
  const idle = denyList.tokens.flatMap(({ issuer }) =>
    issuer === undefined || known.has(issuer) ? [] : [issuer],
  )
  const [example] = idle
  if (example === undefined) return []
  const message = `entries for issuers that no authorizer has revoke nothing: ${idle.length}, such as for ${example}`
  return [{ path: 'denyList.file', message }]
}

const gatewayResponseWarnings = ({ gatewayResponses }: Settings): readonly Warning[] =>
  gatewayResponses.REQUEST_TOO_LARGE === undefined
    ? []
    : [
        {
          path: 'gatewayResponses.REQUEST_TOO_LARGE',
          message:
            'has no effect, as in API Gateway: the answer to a body that is too large is fixed',
        },
      ]

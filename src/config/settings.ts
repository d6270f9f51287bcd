// Puts the settings together and checks what spans several keys. All problems are reported; what is
// returned beside one is never run.
import type { ExportNote } from '../core/exported-api.ts'
import { foldHeaderName } from '../core/header-name.ts'
import type { Enforcement } from '../core/route.ts'
import type { AuthorizerSettings, RouteSettings, Settings } from '../core/settings.ts'
import { checkCidrs, checkHost, overlap } from './addresses.ts'
import { authorizerSettings, type Context } from './authorizer-settings.ts'
import { claimHeaderMap } from './claim-headers.ts'
import { corsSettings } from './cors.ts'
import { checkDecision } from './decision.ts'
import { denyListSettings } from './deny-list.ts'
import type { AuthorizerEntry, RouteEntry } from './entries.ts'
import { gatewayResponseSettings } from './gateway-responses.ts'
import { checkDistinct, checkHeaderName, namesOf } from './headers.ts'
import { jwksSettings } from './jwks-settings.ts'
import type { Values } from './leaf.ts'
import { listenTls } from './listen-tls.ts'
import { itemPath, keyPath, shown, type Report } from './problem.ts'
import type { Variables } from './proxies.ts'
import { catchAllRoute, routeSettings } from './route-settings.ts'
import type { topTable } from './schema.ts'
import { checkStatusPage } from './status-page.ts'
import { checkUpstreamLoop } from './upstream-loop.ts'
import { upstreamSettings } from './upstream-settings.ts'

/** A configuration with its defaults in place and its types right. */
export interface Given {
  readonly top: Values<typeof topTable>
  readonly authorizers: readonly AuthorizerEntry[]
  /** Names of all authorizers, of those left out for their problems too. */
  readonly authorizerNames: readonly string[]
  readonly routes: readonly RouteEntry[]
  /** What is said of the export that `openapi` names. */
  readonly exportNotes: readonly ExportNote[]
  readonly env: Variables
}

/** The settings. Without routes, every path and method needs a token of the one authorizer. */
export const assembleSettings = (given: Given, context: Context): Settings => {
  const { top } = given
  const { report } = context
  checkTop(top, report)
  const authorizers = given.authorizers.map((entry) => authorizerSettings(entry, context))
  const known = { names: given.authorizerNames, settings: authorizers }
  const settings = {
    ...top,
    openapi: { file: top.openapi, notes: given.exportNotes },
    listen: { ...top.listen, tls: listenTls(top.listen.tls, context) },
    upstream: upstreamSettings(top.upstream, context),
    authorizers,
    routes: given.routes.map((entry) => routeSettings(entry, known, top, report)),
    cors: corsSettings(top.cors, top.apiType, report),
    claimHeaders: claimHeaderMap(top.claimHeaders, 'claimHeaders', report),
    jwks: jwksSettings(top.jwks, given.env, context),
    denyList: denyListSettings(top.denyList, context),
    gatewayResponses: gatewayResponseSettings(top, authorizers, report),
  }
  checkDecision(settings, report)
  checkStatusPage(settings, report)
  checkUpstreamLoop(settings, report)
  checkHeaderSets(settings, report)
  checkKeySources(authorizers, report)
  return settings
}

/** The route that stands for all when a file has none; needs exactly one authorizer. */
export const defaultRoutes = (
  authorizerNames: readonly string[],
  enforcement: Enforcement,
  report: Report,
): readonly RouteSettings[] => {
  const [name, ...others] = authorizerNames
  if (name === undefined) {
    const file = 'or authorizers and routes in a file'
    report('authorizers', `are missing, and so are routes; set COGNITO_USER_POOL_IDS, ${file}`)
    return []
  }
  if (others.length > 0) {
    const names = authorizerNames.join(', ')
    report('routes', `are missing; with several authorizers (${names}) each route has to name one`)
  }
  return [catchAllRoute(name, enforcement)]
}

const checkTop = (top: Given['top'], report: Report): void => {
  if (!/^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)*$/.test(top.basePath)) {
    const form = "'' or a plain path such as /prod, without a slash at its end"
    report('basePath', `${shown(top.basePath)} is not ${form}`)
  }
  checkHost(top.listen.host, 'listen.host', report)
  checkHost(top.admin.host, 'admin.host', report)
  if (overlap(top.listen, top.admin)) {
    report('admin.port', `${top.admin.port} is taken by listen; give the two different ports`)
  }
  checkCidrs(top.trustedProxies, 'trustedProxies', report)
  checkWebSocketTokens(top.websocket, report)
  if (top.claimsHeader !== '') checkHeaderName(top.claimsHeader, 'claim', 'claimsHeader', report)
  for (const key of ['stripHeaders', 'passHeaders'] as const) {
    top[key].forEach((name, index) => {
      checkHeaderName(name, 'client', itemPath(key, index), report)
    })
  }
}

/** What could never match, or would match what is no token, is a mistake. */
const checkWebSocketTokens = (given: Given['top']['websocket'], report: Report): void => {
  const { tokenQuery, tokenProtocolPrefix } = given
  if (!/^[\w.~-]*$/.test(tokenQuery)) {
    report('websocket.tokenQuery', `${shown(tokenQuery)} is no plain parameter name`)
  }
  if (!/^[\w.-]*$/.test(tokenProtocolPrefix)) {
    const form = 'the beginning of a subprotocol: letters, digits and - _ . only'
    report('websocket.tokenProtocolPrefix', `${shown(tokenProtocolPrefix)} is not ${form}`)
  }
}

/** Names that the gate sets must be distinct, and none may be what a token is read from. */
const checkHeaderSets = (
  { claimHeaders, claimsHeader, authorizers, upstream }: Settings,
  report: Report,
): void => {
  const fixed = upstream.headers.flatMap((name, index) =>
    index % 2 === 0 ? [{ name, at: keyPath('upstream.headers', name) }] : [],
  )
  const payload = claimsHeader === '' ? [] : [{ name: claimsHeader, at: 'claimsHeader' }]
  const maps = [
    namesOf(claimHeaders, 'claimHeaders'),
    ...authorizers.map(({ name, claimHeaders }) =>
      namesOf(claimHeaders ?? {}, keyPath(keyPath('authorizers', name), 'claimHeaders')),
    ),
  ]
  for (const names of maps) checkDistinct([...fixed, ...payload, ...names], report)

  const set = new Map(
    [...fixed, ...payload, ...maps.flat()].map(({ name, at }) => [foldHeaderName(name), at]),
  )
  for (const { name, identitySource } of authorizers) {
    const taken =
      identitySource.in === 'header' ? set.get(foldHeaderName(identitySource.name)) : undefined
    if (taken === undefined) continue
    const at = keyPath(keyPath('authorizers', name), 'identitySource')
    report(at, `names the header that ${taken} sets for the upstream; use another`)
  }
}

/** An issuer has one key source, or a token's validity would depend on the route it takes. */
const checkKeySources = (authorizers: readonly AuthorizerSettings[], report: Report): void => {
  const seen = new Map<string, { readonly source: string; readonly at: string }>()
  for (const { name, issuers } of authorizers) {
    const at = keyPath('authorizers', name)
    for (const { issuer, keys } of issuers) {
      const source = keys.kind === 'file' ? keys.path : keys.uri
      const other = seen.get(issuer)
      if (other === undefined) seen.set(issuer, { source, at })
      else if (other.source !== source) {
        const where = `from ${source}, but ${other.at} from ${other.source}`
        report(at, `reads the keys of ${issuer} ${where}; an issuer has one key source`)
      }
    }
  }
}

// An HTTP API's JWT authorizer, in either of its two spellings.
import { fail, ok, type Result } from '../core/result.ts'
import { shown } from '../core/shown.ts'
import { isTextList, own, unknownKey, type PlainMap } from './plain.ts'

const discoveryPath = '/.well-known/openid-configuration'

/** What asks for more than is known here would be asked of nobody, so it is not carried over. */
const known: readonly string[] = [
  'type',
  'identitySource',
  'jwtConfiguration',
  // Of Lambda authorizers only.
  'authorizerResultTtlInSeconds',
]

/** The entry of `authorizers`, or why there is none. */
export const jwtSettings = (scheme: unknown, authorizer: unknown): Result<PlainMap, string> => {
  const type = own(scheme, 'type')
  if (type !== 'oauth2' && type !== 'openIdConnect') {
    return fail('is neither oauth2 nor openIdConnect, as a JWT authorizer must be')
  }
  const source = sourceOf(own(authorizer, 'identitySource'))
  if (source === undefined) {
    return fail(
      'has an identitySource other than one $request.header.NAME or $request.querystring.NAME',
    )
  }
  const configuration = own(authorizer, 'jwtConfiguration')
  const unknown = unknownKey(authorizer, known) ?? unknownKey(configuration, ['issuer', 'audience'])
  if (unknown !== undefined) return fail(`has ${shown(unknown)}, which is not known here`)
  const audience = own(configuration, 'audience')
  if (!isTextList(audience) || audience.length === 0) return fail('has no audience')
  const issuer = issuerOf(scheme, configuration)
  if (!issuer.ok) return issuer
  return ok({
    type: 'JWT',
    identitySource: source,
    jwtConfiguration: { issuer: issuer.value, audience: [...new Set(audience)] },
  })
}

const sourceOf = (given: unknown): string | undefined => {
  const [source, ...others] = [given].flat() as readonly unknown[]
  if (typeof source !== 'string' || others.length > 0) return undefined
  return /^\$request\.(?:header|querystring)\.[\w.~-]{1,128}$/.test(source) ? source : undefined
}

const issuerOf = (scheme: unknown, configuration: unknown): Result<string, string> => {
  const url = own(scheme, 'openIdConnectUrl')
  const found =
    typeof url === 'string' && url.endsWith(discoveryPath)
      ? url.slice(0, -discoveryPath.length)
      : undefined
  const issuer = own(configuration, 'issuer') ?? found
  if (typeof issuer !== 'string' || issuer === '') return fail('has no issuer')
  // The slash at the end is a part of an issuer's name, but not of where its keys are found.
  if (found !== undefined && issuer.replace(/\/$/, '') !== found.replace(/\/$/, '')) {
    return fail(`has the issuer ${shown(issuer)}, but the openIdConnectUrl of another`)
  }
  return ok(issuer)
}

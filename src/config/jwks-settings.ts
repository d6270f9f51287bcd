// What `jwks` becomes: its file read, its numbers held against each other.
import type { JwksSettings, Proxies } from '../core/settings.ts'
import type { Context } from './authorizer-settings.ts'
import type { Values } from './leaf.ts'
import { checkCertificates, readPem } from './pem.ts'
import type { jwksTable } from './schema-jwks.ts'

/** The settings of key fetches; what is returned beside a problem is never run. */
export const jwksSettings = (
  { caFile, ...rest }: Values<typeof jwksTable>,
  proxies: Proxies,
  context: Context,
): JwksSettings => {
  if (rest.maxStaleSeconds < rest.refreshSeconds) {
    const refresh = `refreshSeconds (${rest.refreshSeconds})`
    context.report('jwks.maxStaleSeconds', `${rest.maxStaleSeconds} is less than ${refresh}`)
  }
  return { ...rest, ca: readPem(caFile, 'jwks.caFile', checkCertificates, context), proxies }
}

// What `jwks` becomes: its file read, its numbers held against each other, the environment's proxies.
import type { JwksSettings } from '../core/settings.ts'
import type { Context } from './authorizer-settings.ts'
import { readBytes } from './files.ts'
import type { Values } from './leaf.ts'
import { checkCertificates, readPem } from './pem.ts'
import { readProxies, type Variables } from './proxies.ts'
import type { jwksTable } from './schema-jwks.ts'

/** The settings of key fetches; what is returned beside a problem is never run. */
export const jwksSettings = (
  { caFile, ...rest }: Values<typeof jwksTable>,
  env: Variables,
  context: Context,
): JwksSettings => {
  if (rest.maxStaleSeconds < rest.refreshSeconds) {
    const refresh = `refreshSeconds (${rest.refreshSeconds})`
    context.report('jwks.maxStaleSeconds', `${rest.maxStaleSeconds} is less than ${refresh}`)
  }
  const ca = readPem(caFile, 'jwks.caFile', checkCertificates, context)
  return {
    ...rest,
    ca: ca === undefined ? undefined : `${ca}\n${extraAuthorities(env)}`,
    proxies: readProxies(env, context.report),
  }
}

/**
 * What NODE_EXTRA_CA_CERTS adds for the whole process. Node.js 20 forgets it where authorities are added
 * to its own; and like Node.js, the gate passes over a file that cannot be read.
 */
const extraAuthorities = (env: Variables): string => {
  const file = env['NODE_EXTRA_CA_CERTS'] ?? ''
  const bytes = file === '' ? undefined : readBytes(file)
  return bytes?.ok === true ? Buffer.from(bytes.value).toString('utf8') : ''
}

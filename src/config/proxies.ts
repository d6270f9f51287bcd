// The proxies of the environment, as curl and most programs know them. They are for fetching keys; the
// upstream is never reached through one.
import { fail, ok, type Result } from '../core/result.ts'
import type { Proxies, ProxySettings } from '../core/settings.ts'
import { shown, type Report } from './problem.ts'

/** The environment. */
export type Variables = Readonly<Record<string, string | undefined>>

/**
 * Reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY; in lower case they come first, and an empty one is unset.
 * A proxy that cannot be used is reported at its variable, whose value may hold a password and is not
 * quoted.
 */
export const readProxies = (env: Variables, report: Report): Proxies => ({
  http: readProxy(env, 'HTTP_PROXY', report),
  https: readProxy(env, 'HTTPS_PROXY', report),
  except: (valueOf(env, 'NO_PROXY')?.text ?? '').split(/[\s,]+/).filter((entry) => entry !== ''),
})

const valueOf = (env: Variables, name: string) =>
  [name.toLowerCase(), name]
    .map((spelling) => ({ name: spelling, text: env[spelling] ?? '' }))
    .find(({ text }) => text !== '')

const readProxy = (env: Variables, variable: string, report: Report): ProxySettings | undefined => {
  const given = valueOf(env, variable)
  if (given === undefined) return undefined
  const proxy = parseProxy(given.text)
  if (proxy.ok) return proxy.value
  const form = 'http://host:port or http://user:password@host:port'
  report(given.name, `${proxy.error}; a proxy is given as ${form}`)
  return undefined
}

const parseProxy = (given: string): Result<ProxySettings, string> => {
  // As for curl, host:port is an http proxy.
  const text = given.includes('://') ? given : `http://${given}`
  // The URL parser drops tabs and line ends and turns backslashes into slashes.
  if (/[\s\\]/.test(text) || !URL.canParse(text)) return fail('is not a URL')
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return fail(`has the scheme ${shown(url.protocol)}, but only http and https can be used`)
  }
  if (url.port === '0') return fail('has port 0')
  if (url.pathname + url.search + url.hash !== '/') return fail('has more than an address')
  const { origin, username, password } = url
  if (username === '' && password === '') return ok({ origin, authorization: undefined })
  const authorization = basicAuthorization(username, password)
  return authorization === undefined
    ? fail('has credentials with a bad %-escape')
    : ok({ origin, authorization })
}

/** RFC 7617; undefined when a part is not percent-encoded UTF-8. */
const basicAuthorization = (username: string, password: string): string | undefined => {
  try {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    return `Basic ${Buffer.from(credentials).toString('base64')}`
  } catch {
    return undefined
  }
}

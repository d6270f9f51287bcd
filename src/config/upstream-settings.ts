// What `upstream` becomes: its URL taken apart, its TLS files read. Connects to nothing.
import type { UpstreamSettings } from '../core/settings.ts'
import type { Context } from './authorizer-settings.ts'
import { checkDistinct, checkHeaderName, checkHeaderValue, namesOf } from './headers.ts'
import type { Values } from './leaf.ts'
import { keyPath, shown, type Report } from './problem.ts'
import type { upstreamTable } from './schema-upstream.ts'
import { upstreamTls } from './upstream-tls.ts'
import { parseHttpUrl } from './urls.ts'

type Target = Pick<UpstreamSettings, 'origin' | 'pathPrefix' | 'socketPath'>

/** The settings of the upstream; what is returned beside a problem is never run. */
export const upstreamSettings = (
  { url, headers, tls, ...rest }: Values<typeof upstreamTable>,
  context: Context,
): UpstreamSettings => {
  const target = targetOf(url ?? '', context.report)
  return {
    ...rest,
    ...target,
    headers: fixedHeaders(headers, context.report),
    tls: upstreamTls(tls, target.origin, context),
  }
}

const urlPath = 'upstream.url'

const nowhere: Target = { origin: '', pathPrefix: '', socketPath: undefined }

const targetOf = (url: string, report: Report): Target => {
  if (url === '') {
    report(urlPath, 'is missing; give it here or as UPSTREAM_URL, such as http://127.0.0.1:3000')
    return nowhere
  }
  if (/^unix:/i.test(url)) return socketTarget(url.slice('unix:'.length), report)
  const parsed = parseHttpUrl(url, 'path', urlPath, report)
  if (parsed === undefined) return nowhere
  const path = url.replace(/^[^/]*\/\/[^/]*/, '')
  // Whatever the URL parser would change, an operator could be mistaken about.
  if (parsed.pathname !== (path === '' ? '/' : path) || path.includes('//')) {
    report(
      urlPath,
      `its path ${shown(path)} is sent as it is, so it must be plain: no "..", no "//"`,
    )
  }
  return { origin: parsed.origin, pathPrefix: path.replace(/\/$/, ''), socketPath: undefined }
}

/** Longest path of a unix socket on Linux (sun_path, unix(7)). */
const maxSocketPath = 107

const socketTarget = (path: string, report: Report): Target => {
  if (!path.startsWith('/') || path.startsWith('//')) {
    report(urlPath, `unix: is followed by an absolute path, as in unix:/run/app.sock`)
  } else if (/[?#]/.test(path)) {
    report(urlPath, 'a unix socket has no query and no fragment')
  } else if (Buffer.byteLength(path) > maxSocketPath) {
    report(urlPath, `the path of a unix socket may have ${maxSocketPath} bytes`)
  }
  return { origin: 'http://localhost', pathPrefix: '', socketPath: path }
}

const fixedHeaders = (
  headers: Readonly<Record<string, string>>,
  report: Report,
): readonly string[] => {
  const names = namesOf(headers, 'upstream.headers')
  for (const { name, at } of names) checkHeaderName(name, 'upstream', at, report)
  checkDistinct(names, report)
  return Object.entries(headers).flatMap(([name, value]) => {
    checkHeaderValue(value, keyPath('upstream.headers', name), report)
    return [name, value]
  })
}

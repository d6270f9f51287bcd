// The stage or base path that an export says its clients use. It is told, not applied.
import { entriesOf, own, type PlainMap } from './plain.ts'
import type { Version } from './version.ts'

/** `/prod`, or '' for none. */
export const basePathOf = (document: PlainMap, version: Version): string => {
  const text = version === '2.0' ? own(document, 'basePath') : pathOfServer(document)
  if (typeof text !== 'string') return ''
  const path = text.replace(/\/+/g, '/').replace(/\/$/, '')
  return path === '' || path.startsWith('/') ? path : `/${path}`
}

/** The path of the first server, its variables at their defaults. */
const pathOfServer = (document: PlainMap): string | undefined => {
  const servers = own(document, 'servers')
  const server: unknown = Array.isArray(servers) ? servers[0] : undefined
  const url = own(server, 'url')
  if (typeof url !== 'string') return undefined
  const defaults = new Map(
    entriesOf(own(server, 'variables')).map(([name, variable]) => [name, own(variable, 'default')]),
  )
  const filled = url.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    const value = defaults.get(name)
    return typeof value === 'string' ? value : ''
  })
  return /^(?:https?:)?\/\/[^/?#]*(\/[^?#]*)?/.exec(filled)?.[1]
}

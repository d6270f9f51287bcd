// URLs that a configuration gives, taken only when what is written is what would be used.
import { shown, type Report } from './problem.ts'

/**
 * An absolute http or https URL without credentials or fragment; undefined once a problem is
 * reported. `parts` names what else the URL may have.
 */
export const parseHttpUrl = (
  text: string,
  parts: 'path' | 'path and query',
  at: string,
  report: Report,
): URL | undefined => {
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) {
    report(at, `${withoutCredentials(text)} ${notAbsolute(text)}`)
    return undefined
  }
  const url = new URL(text)
  const fault = faultOf(text, url, parts)
  if (fault === undefined) return url
  report(at, `${withoutCredentials(text)} ${fault}`)
  return undefined
}

const notAbsolute = (text: string): string => {
  const named = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?(?:\/|$)/i.test(text)
  if (named) return `has no scheme; write http://${text} or https://${text}`
  const hint = /^wss?:/i.test(text) ? '; WebSockets are opened over http, too' : ''
  return `is not an absolute http:// or https:// URL${hint}`
}

const faultOf = (text: string, url: URL, parts: 'path' | 'path and query'): string | undefined => {
  // The URL parser drops tabs and line ends and turns backslashes into slashes.
  if (/[\s\\]/.test(text)) return 'holds a blank or a backslash'
  if (url.username !== '' || url.password !== '')
    return 'holds credentials, which are not used; leave them out'
  if (text.includes('#')) return 'has a fragment; end it before the #'
  if (parts === 'path' && text.includes('?')) return 'has a query; end it before the ?'
  if (url.port === '0') return 'has port 0, on which nothing can listen'
  return undefined
}

const withoutCredentials = (text: string): string => shown(text.replace(/\/\/[^/]*@/, '//…@'))

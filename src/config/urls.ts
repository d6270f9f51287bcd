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
    report(at, `${withoutCredentials(text)} is not an absolute http:// or https:// URL`)
    return undefined
  }
  const url = new URL(text)
  const fault = faultOf(text, url, parts)
  if (fault === undefined) return url
  report(at, `${withoutCredentials(text)} ${fault}`)
  return undefined
}

const faultOf = (text: string, url: URL, parts: 'path' | 'path and query'): string | undefined => {
  // The URL parser drops tabs and line ends and turns backslashes into slashes.
  if (/[\s\\]/.test(text)) return 'holds a blank or a backslash'
  if (url.username !== '' || url.password !== '') return 'holds credentials, which are not used'
  if (text.includes('#')) return 'has a fragment'
  if (parts === 'path' && text.includes('?')) return 'has a query'
  if (url.port === '0') return 'has port 0'
  return undefined
}

const withoutCredentials = (text: string): string => shown(text.replace(/\/\/[^/]*@/, '//…@'))

// What `cors` becomes, and what is doubtful in it. A browser that finds a mistake here says so to
// nobody but its user, so it is looked for when the configuration is loaded.
import { METHODS } from '../node-http.ts'
import type { CorsSettings, Settings } from '../core/settings.ts'
import type { Values } from './leaf.ts'
import { itemPath, keyPath, shown, type Report } from './problem.ts'
import type { corsTable } from './schema-cors.ts'
import type { Warning } from './warnings.ts'

type CorsValues = Values<typeof corsTable>

/** The settings of CORS; undefined when nothing of `cors` is given. */
export const corsSettings = (
  values: CorsValues,
  apiType: Settings['apiType'],
  report: Report,
): CorsSettings | undefined => {
  if (!isGiven(values)) return undefined
  if (apiType === 'REST') {
    const hint = 'with apiType REST give a path an OPTIONS route with a mock instead'
    report('cors', `is for apiType HTTP; ${hint}`)
  }
  if (values.allowOrigins.length === 0) {
    report(keyPath('cors', 'allowOrigins'), 'is empty, so no origin would be allowed')
  }
  checkEach(values, 'allowOrigins', faultOfOrigin, report)
  checkEach(values, 'allowMethods', faultOfMethod, report)
  checkEach(values, 'allowHeaders', faultOfHeader, report)
  checkEach(values, 'exposeHeaders', faultOfHeader, report)
  if (values.allowCredentials && values.allowOrigins.includes('*')) {
    report(
      keyPath('cors', 'allowCredentials'),
      'cannot stand beside the origin *, as in API Gateway; name the origins',
    )
  }
  return { ...values, maxAge: values.maxAge ?? undefined }
}

/** What browsers will not take, or will take too readily. */
export const corsWarnings = ({ cors }: Pick<Settings, 'cors'>): readonly Warning[] => {
  if (cors?.allowCredentials !== true) return []
  const schemes = cors.allowOrigins.filter((origin) => origin.endsWith('://*'))
  return [
    ...schemes.map((origin) => ({
      path: 'cors.allowOrigins',
      message: `${origin} beside allowCredentials lets every site of that scheme act with its visitors' cookies`,
    })),
    ...(cors.exposeHeaders.includes('*')
      ? [
          {
            path: 'cors.exposeHeaders',
            message: '* beside allowCredentials is a name to browsers and exposes nothing',
          },
        ]
      : []),
  ]
}

const isGiven = ({ allowCredentials, maxAge, ...lists }: CorsValues): boolean =>
  allowCredentials || maxAge !== null || Object.values(lists).some((list) => list.length > 0)

const checkEach = (
  values: CorsValues,
  key: 'allowOrigins' | 'allowMethods' | 'allowHeaders' | 'exposeHeaders',
  faultOf: (text: string) => string | undefined,
  report: Report,
): void => {
  values[key].forEach((text, index) => {
    const fault = faultOf(text)
    if (fault !== undefined) report(itemPath(keyPath('cors', key), index), fault)
  })
}

const wildcards: readonly string[] = ['*', 'https://*', 'http://*']

/** An origin is compared with what browsers send (RFC 6454 §6.2), so it must be written like that. */
const faultOfOrigin = (text: string): string | undefined => {
  if (wildcards.includes(text)) return undefined
  const form = `${shown(text)} is not an origin such as https://app.example.com`
  if (text.includes('*')) return `${form}; * stands alone, or for all of a scheme in https://*`
  // The serialisation of a URL of another scheme is always 'null'.
  if (/^(?!https?:)[a-z][a-z\d+.-]*:\/\/[a-z\d._-]+$/.test(text)) return undefined
  const meant = originOf(text)
  if (meant === text) return undefined
  return meant === undefined ? form : `${form}; browsers send it as ${meant}`
}

const originOf = (text: string): string | undefined =>
  /^https?:\/\/[^/\s]/i.test(text) && URL.canParse(text) ? new URL(text).origin : undefined

const faultOfMethod = (text: string): string | undefined => {
  if (text === '*' || METHODS.includes(text)) return undefined
  const upper = text.toUpperCase()
  return `${shown(text)} is not a method${METHODS.includes(upper) ? `; write ${upper}` : ''}`
}

/** `*` is a token as well. */
const faultOfHeader = (text: string): string | undefined =>
  /^[\w!#$%&'*+.^`|~-]{1,128}$/.test(text) ? undefined : `${shown(text)} is not a header name`

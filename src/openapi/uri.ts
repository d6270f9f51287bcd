// Where an integration sends a request, and whether the path that arrives there is the request's own.

/** An http or https URI, split. */
export interface Address {
  /** Scheme and host, with the port if it is not the scheme's own. May hold a stage variable. */
  readonly origin: string
  /** '' or text that starts with a slash. */
  readonly path: string
}

const stageVariable = /\$\{stageVariables\.\w+\}/g

/** The parts of a URI; undefined for anything that has more to it, such as a query. */
export const parseUri = (uri: string): Address | undefined => {
  const form = /^(https?:\/\/(?:\$\{stageVariables\.\w+\}|[\w.:[\]-])+)(\/[^?#\s\\]*)?$/
  const [, origin, path = ''] = form.exec(uri) ?? []
  if (origin === undefined) return undefined
  if (holdsStageVariable(origin)) return { origin, path }
  return URL.canParse(origin) ? { origin: new URL(origin).origin, path } : undefined
}

/** Whether a text holds what only a deployed stage knows. */
export const holdsStageVariable = (text: string): boolean => text.includes('${')

/**
 * What stands before the request's own path in `path`, '' for nothing; undefined when the request's
 * path is rewritten. `names` maps the parameters of `path` to those of `template` where they differ.
 */
export const prefixOf = (
  path: string,
  template: string,
  names: ReadonlyMap<string, string>,
): string | undefined => {
  if (template === '$default') return plainPrefix(path.replace(/\/$/, ''))
  const own = template.slice(1).split('/')
  const given = (path === '' ? '/' : path).slice(1).split('/')
  const start = given.length - own.length
  if (start < 0) return undefined
  const isOwn = own.every((segment, index) =>
    isSameSegment(segment, String(given[start + index]), names),
  )
  return isOwn
    ? plainPrefix(
        given
          .slice(0, start)
          .map((segment) => `/${segment}`)
          .join(''),
      )
    : undefined
}

const isSameSegment = (own: string, given: string, names: ReadonlyMap<string, string>): boolean => {
  const wanted = /^\{(.+?)\+?\}$/.exec(own)?.[1]
  if (wanted === undefined) return own === given
  const name = /^\{([^{}]+)\}$/.exec(given)?.[1]
  return name !== undefined && (names.get(name) ?? name) === wanted
}

/** A prefix whose segments are literals, none of them empty or a step up. */
const plainPrefix = (prefix: string): string | undefined => {
  if (prefix === '') return ''
  const segments = prefix.slice(1).split('/')
  const arePlain = segments.every(
    (segment) =>
      segment !== '' &&
      !/^\.\.?$/.test(segment) &&
      !/[{}]/.test(segment.replace(stageVariable, '')),
  )
  return arePlain ? prefix : undefined
}

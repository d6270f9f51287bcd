// How values stand on the status page. The server renders with these functions, and the page's script
// is given their source text: what is updated reads as what was served. So none may use anything
// that is not its own.

/** From a value of the report to its text. */
export const formats = {
  text: (value: string | number | null): string => (value === null ? '–' : String(value)),
  count: (value: number): string => String(value).replace(/\B(?=(?:\d{3})+$)/g, ','),
  bytes: (value: number): string => {
    if (value < 1024) return `${value} B`
    const power = Math.min(3, Math.floor(Math.log2(value) / 10))
    return `${(value / 1024 ** power).toFixed(1)} ${['B', 'KiB', 'MiB', 'GiB'][power]}`
  },
  percent: (value: number | null): string =>
    value === null ? '–' : `${(value * 100).toFixed(1)} %`,
  duration: (seconds: number | null): string => {
    if (seconds === null) return '–'
    if (seconds < 60) return `${seconds} s`
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
    if (seconds < 86_400) {
      return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
    }
    return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`
  },
  time: (value: string): string => value.slice(0, 19).replace('T', ' '),
  access: (route: { readonly access: string; readonly authorizer: string | null }): string =>
    route.authorizer === null
      ? route.access.charAt(0).toUpperCase() + route.access.slice(1)
      : `Token of ${route.authorizer}`,
  needs: (route: {
    readonly scopes: readonly string[]
    readonly groups: readonly string[]
  }): string =>
    [...route.scopes, ...route.groups.map((group) => `group ${group}`)].join(', ') || '–',
  reasons: (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .sort(([, one], [, other]) => other - one)
      .map(([reason, count]) => `${reason}\u00a0${count}`)
      .join(', ') || '–',
  pass: (value: boolean): string => (value ? 'pass' : 'are refused'),
  word: (value: string | null): string =>
    value === null ? '–' : value.charAt(0).toUpperCase() + value.slice(1).replaceAll('_', ' '),
}

export type Format = keyof typeof formats

/** What stands in a report under a path such as `cache.hits`; '' is all of it. */
export const valueAt = (report: unknown, path: string): unknown =>
  path === ''
    ? report
    : path.split('.').reduce((at, key) => (at as Record<string, unknown>)[key], report)

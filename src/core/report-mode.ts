// How much of a configuration is in report mode, counted and in words: for whoever warns of it.
import type { Settings } from './settings.ts'

export interface ReportMode {
  /** Routes that ask for a token and only report, a route for each method. */
  readonly reporting: number
  /** Routes that ask for a token. */
  readonly routes: number
  /** Whether requests that no route takes are let pass. */
  readonly unmatched: boolean
}

/** Counts what only reports. Routes that ask for nothing, or deny, do not count. */
export const reportModeOf = ({
  enforcement,
  routes,
}: Pick<Settings, 'enforcement' | 'routes'>): ReportMode => {
  const asking = routes.flatMap((route) =>
    typeof route.access === 'string' ? [] : route.methods.map(() => route.enforcement),
  )
  return {
    reporting: asking.filter((each) => each === 'report').length,
    routes: asking.length,
    unmatched: enforcement === 'report' && !routes.some(({ path }) => path === '$default'),
  }
}

/** In a line; undefined when everything is enforced. */
export const describeReportMode = ({
  reporting,
  routes,
  unmatched,
}: ReportMode): string | undefined => {
  if (reporting === 0 && !unmatched) return undefined
  const what = [
    ...(reporting === 0 ? [] : [`on ${reporting} of ${routes} routes that ask for a token`]),
    ...(unmatched ? ['for requests that no route takes'] : []),
  ].join(' and ')
  return `report mode ${what}: what would be refused passes`
}

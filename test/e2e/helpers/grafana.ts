// The provisioned dashboard's queries, as Grafana would send them for one look at everything.
import { readFileSync } from 'node:fs'

export interface Query {
  readonly panel: string
  readonly expression: string
}

interface Dashboard {
  readonly panels: readonly {
    readonly type: string
    readonly title: string
    readonly targets?: readonly { readonly expr: string }[]
  }[]
}

/** Every query with its variables filled in: all jobs, all instances, rates over `range`. */
export const dashboardQueries = (file: string, range: string): readonly Query[] => {
  const { panels } = JSON.parse(readFileSync(file, 'utf8')) as Dashboard
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({
      panel: title,
      expression: expr
        .replaceAll('$__rate_interval', range)
        .replaceAll('$job', '.*')
        .replaceAll('$instance', '.*'),
    })),
  )
}

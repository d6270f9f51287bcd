// The time series of routes: which there are, and what becomes of them when a reload brings another
// table. A route that stays goes on counting; one that was taken out is shown for one more reload.
import type { Registry } from 'prom-client'
import type { DenialCode } from '../core/denial.ts'
import type { Route } from '../core/route.ts'
import {
  createCounterCells,
  createHistogramCells,
  type AddSeries,
  type Cell,
  type Observe,
} from './metrics-cells.ts'
import { metricTable } from './metrics-table.ts'

/** How often a route's requests were decided in one way. */
export interface DecisionCount {
  readonly outcome: 'allow' | 'deny' | 'would_deny'
  /** Undefined on allow. */
  readonly reason: DenialCode | undefined
  readonly count: number
}

/** What is counted for one route, looked up once and kept. */
export interface RouteChildren {
  readonly answered: (status: number) => Cell
  readonly observeDuration: Observe
  readonly allowed: () => Cell
  readonly denied: (reason: DenialCode) => Cell
  readonly wouldDeny: (reason: DenialCode) => Cell
  readonly decisions: () => readonly DecisionCount[]
}

export interface RouteSeries {
  /** Of a route of any table that was followed; of all others, what counts as `none`. */
  readonly childrenOf: (route: Route | undefined) => RouteChildren
  /**
   * Makes the series of a table's routes. Those of routes that neither this table has nor the one
   * before it are dropped: the last counts of a route were scraped meanwhile, and no number of reloads
   * leaves more than two tables' series behind.
   */
  readonly follow: (routes: readonly Route[]) => void
}

/** Registers the metrics that have a route for a label. */
export const createRouteSeries = (registry: Registry): RouteSeries => {
  const answers = createKept(createAnswers(registry))
  const decisions = createKept(createDecisions(registry))
  const made = new WeakMap<Route, RouteChildren>()

  const childrenFor = (route: Route | undefined): RouteChildren => {
    const label = route === undefined ? noRoute : route.label
    const authorizer = route?.access.kind === 'token' ? route.access.authorizer : noRoute
    const children = {
      ...answers.of(label, { label }),
      // A route may get another authorizer, and goes on being the same route.
      ...decisions.of(`${label} ${authorizer}`, { label, authorizer }),
    }
    showForeseen(route, children)
    return children
  }

  const unmatched = childrenFor(undefined)
  return {
    childrenOf: (route) => (route === undefined ? undefined : made.get(route)) ?? unmatched,
    follow: (routes) => {
      childrenFor(undefined)
      for (const route of routes) made.set(route, childrenFor(route))
      answers.turn()
      decisions.turn()
    },
  }
}

const noRoute = 'none'

/** The one decision that is sure to be possible: there from the start, so that rate() sees it. */
const showForeseen = (route: Route | undefined, children: RouteChildren): void => {
  if (route === undefined) children.denied('no_route')
  else if (route.access.kind === 'denied') children.denied('route_denied')
  else children.allowed()
}

/** Series that are dropped together. */
type Group<Children> = { readonly children: Children; readonly drop: () => void }

interface Named {
  readonly label: string
  readonly authorizer?: string
}

/** Keeps groups by key: those of the last turn, and those that were left out by it alone. */
const createKept = <Children>(make: (named: Named) => Group<Children>) => {
  let older = new Map<string, Group<Children>>()
  let last = new Map<string, Group<Children>>()
  let now = new Map<string, Group<Children>>()
  return {
    of: (key: string, named: Named): Children => {
      const group = now.get(key) ?? last.get(key) ?? older.get(key) ?? make(named)
      now.set(key, group)
      return group.children
    },
    turn: (): void => {
      for (const [key, group] of older) if (!now.has(key) && !last.has(key)) group.drop()
      older = last
      last = now
      now = new Map()
    },
  }
}

const createAnswers = (registry: Registry) => {
  const requests = createCounterCells(registry, metricTable.requests)
  const durations = createHistogramCells(registry, metricTable.requestDuration)
  return ({ label }: Named) => {
    const counted = createCells(requests)
    const observeDuration = durations({ route: label })
    const answered = remember((status: number) =>
      counted.add({ route: label, code: String(status) }),
    )
    return {
      children: { answered, observeDuration },
      drop: () => {
        counted.drop()
        durations.drop(observeDuration)
      },
    }
  }
}

const createDecisions = (registry: Registry) => {
  const authorizations = createCounterCells(registry, metricTable.authorizations)
  return ({ label, authorizer = noRoute }: Named) => {
    const { add, drop } = createCells(authorizations)
    const decided: (Omit<DecisionCount, 'count'> & { readonly cell: Cell })[] = []
    const decide = (outcome: DecisionCount['outcome'], reason: DenialCode | undefined): Cell => {
      const cell = add({ route: label, authorizer, outcome, reason: reason ?? '' })
      decided.push({ outcome, reason, cell })
      return cell
    }
    const allow = remember(() => decide('allow', undefined))
    return {
      children: {
        allowed: () => allow(undefined),
        denied: remember((reason: DenialCode) => decide('deny', reason)),
        wouldDeny: remember((reason: DenialCode) => decide('would_deny', reason)),
        decisions: () =>
          decided.map(({ outcome, reason, cell }) => ({ outcome, reason, count: cell.value })),
      },
      drop,
    }
  }
}

/** Cells of a counter that are dropped together; one that is added afterwards is shown to nobody. */
const createCells = <Label extends string>(counter: AddSeries<Label, Cell>) => {
  const cells: Cell[] = []
  let dropped = false
  return {
    add: (labels: Readonly<Record<Label, string>>): Cell => {
      const cell = dropped ? { value: 0 } : counter(labels)
      cells.push(cell)
      return cell
    },
    drop: (): void => {
      dropped = true
      cells.forEach(counter.drop)
    },
  }
}

/** Makes each value once. The keys are statuses and denial codes: a few hundred at the most. */
export const remember = <Key, Value>(make: (key: Key) => Value): ((key: Key) => Value) => {
  const values = new Map<Key, Value>()
  return (key) => {
    const known = values.get(key)
    if (known !== undefined) return known
    const value = make(key)
    values.set(key, value)
    return value
  }
}

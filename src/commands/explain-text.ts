// A report for a person at a terminal: short sections, aligned, without colour. It leaves out nothing
// that decides, and shows every character that could hide or move what is read.
import type { Access } from '../core/route.ts'
import type { Check } from '../explain/checks.ts'
import type { HeaderLines, Report } from '../explain/report.ts'
import type { RouteReport } from '../explain/route-report.ts'
import { shown, shownList, visible } from '../explain/shown.ts'
import { conditionsOf } from './conditions.ts'
import { alignColumns } from './table.ts'

/** The whole text; its first line is the verdict. */
export const reportText = (report: Report): string =>
  [
    verdictLine(report),
    ...section('Route', routeRows(report)),
    ...section('Passed over', passedOverRows(report.route)),
    ...section('Keys', keyRows(report)),
    ...section('Checks of the token', checkRows(report)),
    ...message(upstreamHeading(report), report.upstream?.requestLine, report.upstream?.headers),
    ...message('Answer', report.answer?.statusLine, report.answer?.headers),
    ...bodyLines(report.answer?.body ?? ''),
    '',
  ].join('\n')

const verdictLine = (report: Report): string => {
  const { verdict, denial, wouldDeny } = report
  const but = wouldDeny === null ? '' : ` Would be denied: ${wouldDeny}${because(report)}`
  switch (verdict) {
    case 'allowed':
      return visible(`Allowed: the upstream gets this request.${but}`)
    case 'answered':
      return visible(`Answered by the gate itself${answererOf(report)}.${but}`)
    case 'refused':
      return visible(`Refused: ${String(denial)}${because(report)}`)
  }
}

const because = ({ reason }: Report): string => (reason === null ? '' : ` (${reason})`)

const answererOf = ({ answeredBy, answer }: Report): string => {
  switch (answeredBy) {
    case 'mock':
      return ', as the mock of the route says'
    case 'preflight': {
      const names = (answer?.headers ?? []).map(([name]) => name.toLowerCase())
      const allowed = names.includes('access-control-allow-origin') ? 'an allowed' : 'a refused'
      return `: a CORS preflight from ${allowed} origin, for which no route is looked for`
    }
    case 'max-forwards':
      return ', for Max-Forwards is 0'
    case null:
      return ''
  }
}

type Rows = readonly (readonly string[])[]

const section = (title: string, rows: Rows): readonly string[] =>
  rows.length === 0 ? [] : ['', title, ...indent(alignColumns(rows))]

const indent = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => (line === '' ? '' : `  ${line}`))

const routeRows = ({ request, route }: Report): Rows => [
  ['request', visible(`${request.method} ${request.target}`)],
  ...(route === null ? [['route', 'not looked for']] : matchedRows(route)),
]

const matchedRows = (route: RouteReport): Rows => {
  const parameters = Object.entries(route.parameters)
  const nearest = route.nearest.map(({ path, methods }) => `${methods.join(', ')} ${path}`)
  return [
    ['route', visible(route.label ?? 'none')],
    ...parameters.map(([name, value]) => [`{${name}}`, shown(value)]),
    ...(route.access === null ? [] : accessRows(route.access)),
    ...(route.enforcement === 'report' && route.access?.kind === 'token'
      ? [['enforcement', 'report: what it lacks is told and counted, and it passes']]
      : []),
    ...nearest.map((template) => ['nearest', visible(template)]),
  ]
}

const accessRows = (access: Access): Rows => {
  switch (access.kind) {
    case 'public':
      return [['asks for', 'nothing']]
    case 'denied':
      return [['asks for', 'what nobody has']]
    case 'token': {
      const conditions = [`a token of ${access.authorizer}`, ...conditionsOf(access)]
      return [['asks for', visible(conditions.join('; '))]]
    }
  }
}

const maxPassedOver = 12

/** Those that came nearest, in matching order. */
const passedOverRows = (route: RouteReport | null): Rows => {
  const all = route?.passedOver ?? []
  const nearest = [...all].sort((a, b) => b.fits - a.fits).slice(0, maxPassedOver)
  const rows = all
    .filter((template) => nearest.includes(template))
    .map(({ path, why }) => [visible(path), visible(why)])
  const left = all.length - rows.length
  return left === 0 ? rows : [...rows, [`and ${left} more`, 'less like this path']]
}

const keyRows = ({ keys }: Report): Rows =>
  keys.map(({ issuer, kids, skipped, ms, error }) => [
    visible(issuer),
    error === null ? `${count(kids.length, 'key')} in ${ms} ms` : visible(error),
    ...(skipped.length === 0 ? [] : [`passed over: ${shownList(skipped, '; ')}`]),
  ])

const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? '' : 's'}`

const checkRows = ({ checks }: Report): Rows =>
  checks.map((check) => [check.outcome, check.check, visible(detailOf(check))])

/** What was wanted is only of interest where it was not found. */
const detailOf = ({ outcome, wanted, found }: Check): string => {
  if (outcome === 'passed' || outcome === 'not asked') return found
  return found === '' ? `wanted ${wanted}` : `wanted ${wanted}; found ${found}`
}

const upstreamHeading = ({ upstream }: Report): string =>
  `Request to the upstream, ${visible(upstream?.url ?? '')}`

const message = (
  title: string,
  firstLine: string | undefined,
  headers: HeaderLines = [],
): readonly string[] => {
  if (firstLine === undefined) return []
  const lines = headers.map(([name, value]) => visible(`${name}: ${value}`))
  return ['', title, ...indent([visible(firstLine), ...lines])]
}

const bodyLines = (body: string): readonly string[] =>
  body === '' ? [] : ['', ...indent(body.split('\n').map(visible))]

// All that was found, together: as a table, as JSON, and for the README. Pure.
import { markdownTable } from '../../src/config/markdown-table.ts'
import { inWords, targetInWords, verdictOf } from './findings.ts'
import type { SavedReport } from './saved-reports.ts'

/** One finding a row, as `console.table` takes them. */
export const findingRows = (reports: readonly SavedReport[]) =>
  reports.flatMap(({ title, findings }) =>
    findings.map((finding) => ({
      case: title,
      what: finding.what,
      found: inWords(finding.value, finding.unit),
      target: targetInWords(finding),
      verdict: finding.target === undefined ? '' : verdictOf(finding),
    })),
  )

/** `13 of 15 targets met`. */
export const countTargets = (reports: readonly SavedReport[]): string => {
  const verdicts = reports.flatMap(({ findings }) => findings.map(verdictOf))
  const met = verdicts.filter((verdict) => verdict === 'met').length
  const missed = verdicts.filter((verdict) => verdict === 'missed').length
  return `${met} of ${met + missed} targets met`
}

/** All of it, for programs. */
export const resultsJson = (reports: readonly SavedReport[]): string =>
  `${JSON.stringify({ cases: reports }, null, 2)}\n`

/** Cases that were measured with too little effort for their figures to be published, by name. */
export const tooHasty = (reports: readonly SavedReport[]): readonly string[] =>
  reports.filter(({ effort }) => effort.rounds < 3 || effort.share < 1).map(({ name }) => name)

/** All figures that have a target, what went wrong, and what it was measured on. Throws without reports. */
export const resultsMarkdown = (reports: readonly SavedReport[]): string => {
  const [first] = reports
  if (first === undefined) throw new Error('nothing has been measured yet: npm run bench')
  const { machine, effort } = first
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`)
  return [
    markdownTable(
      ['case', 'what', 'found', 'target', ''],
      findingRows(reports)
        .filter(({ target }) => target !== '')
        .map(({ case: title, what, found, target, verdict }) => [
          title,
          what,
          found,
          target,
          verdict,
        ]),
    ),
    ...problemList(reports),
    `${countTargets(reports)}. Medians of ${effort.rounds} rounds of ${effort.seconds} s, in turn; one ` +
      `processor for the system, one for load and upstream.\n${versions.join(', ')}; ` +
      `${machine.processors} × ${machine.processor}, Linux ${machine.kernel}; ${first.at.slice(0, 10)}.`,
  ].join('\n\n')
}

const problemList = (reports: readonly SavedReport[]): readonly string[] => {
  const lines = reports.flatMap(({ title, problems }) =>
    problems.map((problem) => `- ${title}: ${problem}`),
  )
  return lines.length > 0 ? [lines.join('\n')] : []
}

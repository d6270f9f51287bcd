// Writes the results: beside the reports after every run, and into the tree when they are published.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { withSection } from '../helpers/readme-section.ts'
import { drawPicture } from './picture.ts'
import { resultsJson, resultsMarkdown, tooHasty } from './results.ts'
import type { SavedReport } from './saved-reports.ts'

/** Not in the tree: what was last found. */
export const lastFolder = resolve('.tap/bench')
const publishedFolder = resolve('test/bench/results')
const readme = resolve('README.md')

/** Cases that the picture shows: what most requests cost, beside all that can do the same. */
const pictured: readonly string[] = ['warm-token', 'new-tokens', 'public-route', 'no-token']

/** Writes results.json and picture.svg into the folder. */
export const writeResults = (folder: string, reports: readonly SavedReport[]): void => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'results.json'), resultsJson(reports))
  const cases = reports
    .filter(({ name }) => pictured.includes(name))
    .map(({ title, costs = [] }) => ({ title, costs }))
  writeFileSync(join(folder, 'picture.svg'), drawPicture(cases))
}

/**
 * Writes them where they are published, and the table into the README; gives what was written. Throws when
 * some were measured too hastily for that.
 */
export const publish = (reports: readonly SavedReport[]): readonly string[] => {
  const hasty = tooHasty(reports)
  if (hasty.length > 0) throw new Error(`to be run in full before: ${hasty.join(', ')}`)
  const content = [
    '![Processor time per request, as bars](test/bench/results/picture.svg)',
    resultsMarkdown(reports),
    '[All figures](test/bench/results/results.json), those without a target too.',
  ].join('\n\n')
  writeResults(publishedFolder, reports)
  writeFileSync(readme, withSection(readFileSync(readme, 'utf8'), 'benchmarks', content))
  return [publishedFolder, readme]
}

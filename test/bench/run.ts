// `npm run bench`: see options.ts for its words. Each case prints a table as soon as it is over, and its
// report is kept; in the end all figures stand beside their targets. The exit code is 1 when one was
// missed or a case failed.
import type { Benchmark, Effort } from './benchmark.ts'
import { catalogue } from './catalogue.ts'
import { missesOf } from './findings.ts'
import { describeMachine } from './machine.ts'
import { parseOptions, usage, type Options } from './options.ts'
import { lastFolder, publish, writeResults } from './publish.ts'
import { countTargets, findingRows } from './results.ts'
import { savedReports, saveReport } from './saved-reports.ts'

const main = async (args: readonly string[]): Promise<number> => {
  const options = readOptions(args)
  if (options === undefined) return 64
  switch (options.action) {
    case 'help':
      console.log(usage)
      return 0
    case 'list':
      for (const { name, title } of catalogue) console.log(`${name.padEnd(22)} ${title}`)
      return 0
    case 'publish':
      return publishAll()
    case 'run':
      return runAll(chosen(options.names), options.effort)
  }
}

const readOptions = (args: readonly string[]): Options | undefined => {
  try {
    return parseOptions(
      args,
      catalogue.map(({ name }) => name),
    )
  } catch (error) {
    console.error((error as Error).message)
    return undefined
  }
}

const publishAll = (): number => {
  try {
    console.log(publish(savedReports(catalogue)).join('\n'))
    return 0
  } catch (error) {
    console.error((error as Error).message)
    return 1
  }
}

const chosen = (names: readonly string[]): readonly Benchmark[] =>
  names.length === 0 ? catalogue : catalogue.filter(({ name }) => names.includes(name))

/** One after the other. One that fails does not keep the others from running. */
const runAll = async (benchmarks: readonly Benchmark[], effort: Effort): Promise<number> => {
  const startedMs = Date.now()
  const failures: string[] = []
  for (const [index, benchmark] of benchmarks.entries()) {
    console.log(`\n${index + 1}/${benchmarks.length} ${benchmark.name}`)
    try {
      failures.push(...(await runOne(benchmark, effort)))
    } catch (error) {
      failures.push(`${benchmark.name}: ${(error as Error).message}`)
      console.error(failures.at(-1))
    }
  }
  const reports = savedReports(benchmarks).filter(({ at }) => Date.parse(at) >= startedMs)
  console.log()
  console.table(findingRows(reports))
  console.log(`${countTargets(reports)}; ${Math.round((Date.now() - startedMs) / 60_000)} minutes`)
  if (isShort(effort)) console.log('a short run: its figures say nothing, and fail nothing')
  for (const failure of failures) console.error(failure)
  writeResults(lastFolder, savedReports(catalogue))
  console.log(`${lastFolder}: results.json, picture.svg (of all cases that have run so far)`)
  return failures.length > 0 ? 1 : 0
}

/** Too short to judge by: only what fails counts. */
const isShort = ({ share }: Effort): boolean => share < 1

/** Gives what was missed or went wrong. */
const runOne = async ({ name, title, run }: Benchmark, effort: Effort) => {
  const { rows, ...result } = await run(effort)
  const at = new Date().toISOString()
  saveReport({ name, title, at, effort, machine: describeMachine(), ...result })
  console.table(rows)
  const misses = isShort(effort) ? [] : missesOf(result.findings)
  return [...misses, ...result.problems].map((miss) => `${name}: ${miss}`)
}

process.exitCode = await main(process.argv.slice(2))

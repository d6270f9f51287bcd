// What a run of raw requests has to show: no fault, and enough of every kind for that to say something.
import type { Test } from 'tap'
import { mutationNames, type Report } from './run.ts'

/** FUZZ_SEED, or a new one. */
export const rawSeed = (): number =>
  Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

export interface Wanted {
  readonly seed: number
  readonly requests: number
  /** What the upstream could not read. */
  readonly upstreamFaults: readonly string[]
}

/** What is no reason to refuse a request by itself. */
const passing = ['honest', 'identity', 'override', 'connection', 'hidden', 'authorization', 'line']

export const checkReport = (
  t: Test,
  report: Report,
  { seed, requests, upstreamFaults }: Wanted,
): void => {
  t.comment(`seed ${seed}: ${report.requests} sent, ${report.forwarded} forwarded`)
  t.comment(JSON.stringify({ statuses: report.statuses, ...Object.fromEntries(report.outcomes) }))
  for (const fault of [...report.faults, ...upstreamFaults]) t.fail(`FUZZ_SEED=${seed} ${fault}`)
  if (rawCase() !== undefined) return
  t.ok(report.forwarded >= 0.3 * requests, 'at least 30 % are forwarded')
  // Far below what is seen, so that chance does not fail it.
  const few = requests / 1000
  for (const status of [200, 400, 401, 403]) {
    t.ok((report.statuses[status] ?? 0) >= few * 10, `there are answers of ${status}`)
  }
  for (const name of mutationNames) {
    const { forwarded, refused, cut } = report.outcomes.get(name)!
    t.ok(forwarded + refused + cut >= few, `${name} was tried by itself`)
    // In a short run about four are, which can be none by chance; those of long ones are many.
    if (few >= 10 && passing.includes(name)) {
      t.ok(forwarded >= few / 4, `${name} was forwarded, too`)
    }
  }
}

/** RAW_CASE sends that case alone. */
export const rawCase = (): number | undefined => {
  const text = process.env['RAW_CASE']
  return text === undefined ? undefined : Number(text)
}

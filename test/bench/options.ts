// The words after `npm run bench --`. Pure.
import { parseArgs, type ParseArgsConfig } from 'node:util'
import type { Effort } from './benchmark.ts'

export interface Options {
  /** `list` names the cases, `publish` writes what was last found where the README shows it. */
  readonly action: 'run' | 'list' | 'publish' | 'help'
  /** The cases to run, in the order asked for; empty for all. */
  readonly names: readonly string[]
  readonly effort: Effort
}

/** What a full run takes, and what is enough to see that every case works. */
export const efforts = {
  full: { rounds: 5, seconds: 5, warmUpSeconds: 10, share: 1, nodes: [] },
  short: { rounds: 1, seconds: 1, warmUpSeconds: 3, share: 0.1, nodes: [] },
} as const satisfies Readonly<Record<string, Effort>>

export const usage = `npm run bench -- [NAME…] [options]

  NAME…, --only a,b   these cases; without, all
  --list              names them
  --rounds N          measurements of each system, in turn (${efforts.full.rounds})
  --seconds N         length of each (${efforts.full.seconds})
  --warm-up N         seconds of processor time before the first (${efforts.full.warmUpSeconds})
  --short             one round of a second, a tenth of each fixed number: does every case work?
  --node PATH         measures the start on this Node.js as well; may be given again
  --publish           runs nothing: writes what was last found to test/bench/results and the README
  --help              this text

Exit code: 0, 1 when something failed or a target was missed (not if --short), 64 for unknown words.`

const words = {
  only: { type: 'string' },
  list: { type: 'boolean' },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  'warm-up': { type: 'string' },
  short: { type: 'boolean' },
  node: { type: 'string', multiple: true },
  publish: { type: 'boolean' },
  help: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options']

/** Throws a sentence about the first word that it does not understand. */
export const parseOptions = (args: readonly string[], known: readonly string[]): Options => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: words,
    allowPositionals: true,
  })
  const names = [...positionals, ...(values.only?.split(',') ?? [])]
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new Error(`no benchmark is named "${unknown}"; there are: ${known.join(', ')}`)
  }
  const usual: Effort = values.short === true ? efforts.short : efforts.full
  return {
    action: actionOf(values),
    names,
    effort: {
      rounds: whole('--rounds', values.rounds) ?? usual.rounds,
      seconds: whole('--seconds', values.seconds) ?? usual.seconds,
      warmUpSeconds: whole('--warm-up', values['warm-up']) ?? usual.warmUpSeconds,
      share: usual.share,
      nodes: values.node ?? [],
    },
  }
}

const actionOf = (values: {
  readonly list?: boolean
  readonly publish?: boolean
  readonly help?: boolean
}): Options['action'] => {
  if (values.help === true) return 'help'
  if (values.list === true) return 'list'
  return values.publish === true ? 'publish' : 'run'
}

/** A whole number of at least 1, since wrk takes no others. */
const whole = (name: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Error(`${name} wants a whole number, not "${text}"`)
  return Number(text)
}

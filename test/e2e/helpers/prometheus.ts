// Debian's Prometheus as a real process that scrapes one gate every second, read through its query API.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { curl } from './curl.ts'
import { freePort } from './free-port.ts'
import { startProgram, type Program, type Scope } from './program.ts'
import { tempDir } from './temp-dir.ts'
import { untilAnswers } from './until-answers.ts'

export interface Prometheus {
  readonly program: Program
  /** The samples of an instant query, by the values of the labels that differ. */
  readonly query: (expression: string) => Promise<Readonly<Record<string, number>>>
}

/** Starts Prometheus with its data in a directory of the test's own. */
export const startPrometheus = async (scope: Scope, target: string): Promise<Prometheus> => {
  const dir = tempDir(scope)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const configFile = join(dir, 'prometheus.yml')
  writeFileSync(configFile, configuration(new URL(target).host))
  const program = startProgram(scope, 'prometheus', [
    `--config.file=${configFile}`,
    `--storage.tsdb.path=${join(dir, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
  ])
  await untilAnswers(program, `${url}/-/ready`)
  return { program, query: (expression) => queryPrometheus(url, expression) }
}

const configuration = (target: string): string => `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: cognito-gate
    static_configs: [{ targets: ['${target}'] }]
`

interface Answer {
  readonly status: string
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>
      readonly value: readonly [number, string]
    }[]
  }
}

/** The samples of an instant query, by the values of the labels that differ. */
export const queryPrometheus = async (
  url: string,
  expression: string,
): Promise<Readonly<Record<string, number>>> => {
  const { body } = await curl(
    ...['--get', '--data-urlencode', `query=${expression}`],
    `${url}/api/v1/query`,
  )
  const { status, data } = JSON.parse(body) as Answer
  if (status !== 'success') throw new Error(`${expression}: ${body}`)
  const samples = data.result.map(({ metric, value }): [string, number] => [
    describe(metric),
    Number(value[1]),
  ])
  return Object.fromEntries(samples.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** What is left when the labels are taken away that every sample of one target has. */
const describe = (metric: Readonly<Record<string, string>>): string =>
  Object.entries(metric)
    .filter(([name]) => !['__name__', 'instance', 'job'].includes(name))
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(' ')

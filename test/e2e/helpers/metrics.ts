// Reads the Prometheus text format as data: samples by name and labels, for tests that add them up.

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Fetches and parses `/metrics`. */
export const scrape = async (adminUrl: string): Promise<readonly Sample[]> =>
  parseMetrics(await scrapeText(adminUrl))

export const scrapeText = async (adminUrl: string): Promise<string> =>
  (await fetch(`${adminUrl}/metrics`)).text()

/** Adds up every sample of `name` that has at least the given labels; 0 when there is none. */
export const sumOf = (
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number =>
  samples
    .filter((sample) => sample.name === `cognito_gate_${name}`)
    .filter((sample) => Object.entries(labels).every(([key, want]) => sample.labels[key] === want))
    .reduce((sum, { value }) => sum + value, 0)

/** Parses the text format; comments and types are left out. */
export const parseMetrics = (text: string): readonly Sample[] =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value = ''] =
        /^([^{ ]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
      return { name, labels: parseLabels(labels), value: Number(value) }
    })

const parseLabels = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  )

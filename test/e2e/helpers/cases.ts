// Runs a table of requests through the gate with curl, and then checks that the gate's books agree:
// every request is in the metrics and in the log once, and no secret is anywhere in either.
import type { Test } from 'tap'
import { curl, headerValues, type CurlAnswer } from './curl.ts'
import type { Gate, LogLine } from './gate.ts'
import { scrapeText, parseMetrics, type Sample } from './metrics.ts'
import { seenRequest } from './nginx.ts'

export interface Case {
  readonly name: string
  /** GET unless given. */
  readonly method?: string
  readonly path: string
  /** Arguments of curl: headers, a body. */
  readonly args?: readonly string[]
  readonly want: Passed | Refused
}

/** The upstream saw the request, with exactly these identity headers, in this order. */
export interface Passed {
  /** The route's label. */
  readonly route: string
  /** `none` on a public route. */
  readonly authorizer: string
  readonly claims: readonly (readonly [string, string])[]
}

/** The gate answered, as API Gateway does. */
export interface Refused {
  /** `none` before a match. */
  readonly route: string
  readonly authorizer: string
  readonly denial: string
  readonly status: number
  readonly errorType: string
  readonly body: string
}

const isRefused = (want: Case['want']): want is Refused => 'denial' in want

/** Sends each case in turn and compares the answer, and what the upstream saw, with what is wanted. */
export const runCases = async (t: Test, gate: Gate, cases: readonly Case[]): Promise<void> => {
  for (const { name, method = 'GET', path, args = [], want } of cases) {
    await t.test(name, async (t) => {
      const answer = await curl('--request', method, ...args, `${gate.url}${path}`)
      if (isRefused(want)) await checkRefused(t, gate, answer, want)
      else checkPassed(t, { method, path, want }, answer)
    })
  }
}

/** `Authorization: Bearer TOKEN`, as arguments of curl. */
export const bearer = (token: string): readonly string[] => ['-H', `Authorization: Bearer ${token}`]

const checkPassed = (
  t: Test,
  { method, path, want }: { readonly method: string; readonly path: string; readonly want: Passed },
  answer: CurlAnswer,
): void => {
  t.equal(answer.status, 200)
  const seen = seenRequest(answer.body)
  t.equal(seen.requestLine, `${method} ${path} HTTP/1.1`, 'the target is forwarded as it was sent')
  t.strictSame(
    seen.headers.filter(([name]) => /^x.(claim|partner)/i.test(name)),
    want.claims,
    'the upstream sees these identity headers and no others',
  )
}

const checkRefused = async (
  t: Test,
  gate: Gate,
  answer: CurlAnswer,
  want: Refused,
): Promise<void> => {
  const [requestId = ''] = headerValues(answer, 'x-amzn-requestid')
  t.strictSame(
    {
      status: answer.status,
      contentType: headerValues(answer, 'content-type'),
      errorType: headerValues(answer, 'x-amzn-errortype'),
      challenge: headerValues(answer, 'www-authenticate'),
      body: answer.body,
    },
    {
      status: want.status,
      contentType: ['application/json'],
      errorType: [want.errorType],
      challenge: [],
      body: want.body,
    },
  )
  // The line is written once the answer is out, which curl may have read before.
  const line = await gate.program.until(() =>
    gate.log().find((entry) => entry['requestId'] === requestId),
  )
  t.equal(line['denial'], want.denial, 'the log has the reason under the request id of the answer')
}

/**
 * Checks that metrics and log tell the cases and nothing else. The gate must have been started with
 * `log: { requests: all }` for this table alone.
 */
export const checkBooks = async (t: Test, gate: Gate, cases: readonly Case[]): Promise<void> => {
  await gate.program.until(() =>
    requestLines(gate.log()).length < cases.length ? undefined : true,
  )
  const samples = parseMetrics(await scrapeText(gate.adminUrl))
  const refused = cases.map(({ want }) => want).filter(isRefused)
  const early = refused.filter(({ denial }) => denial === 'target_ambiguous')
  t.strictSame(
    tallyOf(samples, 'requests_total', ['route', 'code']),
    tally(cases.map(({ want }) => `${want.route} ${isRefused(want) ? want.status : 200}`)),
    'every request is counted once, under its route and status',
  )
  t.strictSame(
    tallyOf(samples, 'authorizations_total', ['route', 'authorizer', 'outcome', 'reason']),
    tally(
      cases
        .map(({ want }) => want)
        .filter((want) => !isRefused(want) || !early.includes(want))
        .map((want) => {
          const outcome = isRefused(want) ? `deny ${want.denial}` : 'allow '
          return `${want.route} ${want.authorizer} ${outcome}`
        }),
    ),
    'every decision is counted once, with its reason',
  )
  t.strictSame(
    tallyOf(samples, 'requests_refused_early_total', ['reason']),
    tally(early.map(({ denial }) => denial)),
  )
  t.strictSame(
    tally(requestLines(gate.log()).map(describeLine)),
    tally(cases.map(({ want }) => describeWant(want))),
    'every request has one line in the log',
  )
}

/** Checks that none of the texts is in the log, on stderr or in the metrics. */
export const checkSecrets = async (
  t: Test,
  gate: Gate,
  secrets: readonly string[],
): Promise<void> => {
  const metrics = await scrapeText(gate.adminUrl)
  const printed = gate.program.stdout() + gate.program.stderr()
  const leaked = secrets.filter((text) => printed.includes(text) || metrics.includes(text))
  t.strictSame(leaked, [], 'no secret is in the log or in the metrics')
}

/** What must not be printed of a token: the whole of it, and each of its parts. */
export const secretsOf = (token: string): readonly string[] => [token, ...token.split('.').slice(1)]

const requestLines = (log: readonly LogLine[]): readonly LogLine[] =>
  log.filter((line) => 'requestId' in line)

const describeLine = (line: LogLine): string =>
  [line['route'], line['http.response.status_code'], line['denial'] ?? 'passed']
    .map(String)
    .join(' ')

const describeWant = (want: Case['want']): string =>
  isRefused(want) ? `${want.route} ${want.status} ${want.denial}` : `${want.route} 200 passed`

const tally = (keys: readonly string[]): Readonly<Record<string, number>> => {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The samples of one metric that are not 0, by the values of the given labels. */
const tallyOf = (
  samples: readonly Sample[],
  name: string,
  labels: readonly string[],
): Readonly<Record<string, number>> => {
  const found = samples.filter(
    (sample) => sample.name === `cognito_gate_${name}` && sample.value > 0,
  )
  const keyed = found.map(({ labels: values, value }): [string, number] => [
    labels.map((label) => values[label] ?? '').join(' '),
    value,
  ])
  return Object.fromEntries(keyed.sort(([a], [b]) => (a < b ? -1 : 1)))
}

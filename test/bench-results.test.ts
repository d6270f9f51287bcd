// The pure parts of `npm run bench`: its words, its arithmetic, what it says of targets, its picture.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { ComparisonReport, Run } from './bench/compare.ts'
import { comparisonResult } from './bench/compare-result.ts'
import { catalogue } from './bench/catalogue.ts'
import { inWords, missesOf, targetInWords, verdictOf, type Finding } from './bench/findings.ts'
import { latencyResult } from './bench/latency-result.ts'
import { efforts, parseOptions } from './bench/options.ts'
import { drawPicture } from './bench/picture.ts'
import { busyTicks } from './bench/process-time.ts'
import { readAnswer } from './bench/programs/read-answer.ts'
import type { RateReport } from './bench/programs/send-at-rate.ts'
import { explainMissing } from './bench/requirements.ts'
import {
  countTargets,
  findingRows,
  resultsJson,
  resultsMarkdown,
  tooHasty,
} from './bench/results.ts'
import type { SavedReport } from './bench/saved-reports.ts'
import { median, percentile, ratioOfMedians, spread } from './bench/statistics.ts'
import { parseWrk } from './bench/wrk.ts'
import { sectionOf, withSection } from './helpers/readme-section.ts'

t.test('arithmetic', async (t) => {
  t.equal(median([9, 1, 5]), 5)
  t.equal(median([4, 1, 2, 9]), 3)
  t.throws(() => median([]), /no values/)
  t.equal(ratioOfMedians([1, 2, 300], [4, 4, 4]), 0.5, 'one bad run changes nothing')
  t.equal(spread([8, 10, 13]), 0.5)
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1)
  t.equal(percentile(hundred, 0.5), 50)
  t.equal(percentile(hundred, 0.99), 99)
  t.equal(percentile(hundred, 0.999), 100)
  t.throws(() => percentile([], 0.5), /no values/)
})

t.test('words of the command line', async (t) => {
  const known = ['warm-token', 'start', 'memory-tokens']
  const parse = (...args: string[]) => parseOptions(args, known)
  t.strictSame(parse(), { action: 'run', names: [], effort: efforts.full })
  t.strictSame(parse('--short', '--rounds', '2').effort, { ...efforts.short, rounds: 2 })
  t.strictSame(parse('start', '--only', 'warm-token,memory-tokens').names, [
    'start',
    'warm-token',
    'memory-tokens',
  ])
  const { effort } = parse('--seconds=3', '--warm-up=4', '--node', '/a', '--node', '/b')
  t.strictSame(effort, { ...efforts.full, seconds: 3, warmUpSeconds: 4, nodes: ['/a', '/b'] })
  for (const action of ['list', 'publish', 'help'] as const) {
    t.equal(parse(`--${action}`).action, action)
  }
  t.throws(() => parse('warm'), /no benchmark is named "warm"; there are: warm-token, start/)
  for (const bad of ['0', '-1', '1.5', 'many', '']) {
    t.throws(() => parse(`--rounds=${bad}`), /--rounds wants a whole number/)
  }
  t.throws(() => parse('--quick'), /--quick/)
})

t.test('the catalogue has each name once, as a file can bear it', async (t) => {
  const names = catalogue.map(({ name }) => name)
  t.equal(new Set(names).size, names.length)
  t.strictSame(
    names.filter((name) => !/^[a-z0-9-]+$/.test(name)),
    [],
  )
})

const finding = (value: number, target?: number, unit: Finding['unit'] = '×'): Finding => ({
  what: 'processor time ÷ Peer',
  value,
  unit,
  ...(target === undefined ? {} : { target }),
})

t.test('a target is met by what is at most as large', async (t) => {
  t.equal(verdictOf(finding(0.7, 0.7)), 'met')
  t.equal(verdictOf(finding(0.701, 0.7)), 'missed')
  t.equal(verdictOf(finding(Number.NaN, 0.7)), 'missed', 'nothing was measured')
  t.equal(verdictOf(finding(0.1)), 'no target')
  t.equal(inWords(0.4812, '×'), '0.48')
  t.equal(inWords(131.6, 'MiB'), '132 MiB')
  t.equal(targetInWords(finding(1, 1, 'ms')), '≤ 1 ms')
  t.strictSame(missesOf([finding(0.8, 0.7), finding(0.6, 0.7), finding(9)]), [
    'processor time ÷ Peer: 0.80, not ≤ 0.7',
  ])
})

const system = (name: string, runs: readonly Run[]) => ({
  name,
  runs,
  microsecondsPerRequest: median(runs.map((run) => run.microsecondsPerRequest)),
  requestsPerSecond: 1000,
  spread: 0,
  residentBytes: 1024 * 1024,
})

const comparison: ComparisonReport = {
  subject: system('cognito-gate', [
    { microsecondsPerRequest: 40, requestsPerSecond: 1000, othersShare: 0, hitShare: 1 },
    { microsecondsPerRequest: 42, requestsPerSecond: 1000, othersShare: 0, hitShare: 0.9 },
  ]),
  peers: [
    {
      ...system('Peer <&>', [
        { microsecondsPerRequest: 82, requestsPerSecond: 1000, othersShare: 0 },
      ]),
      ratio: 0.5,
      target: 0.7,
    },
  ],
}

t.test('a comparison: ratios, and whether the cache did what the case says', async (t) => {
  const { rows, findings, costs } = comparisonResult({}, comparison)
  t.strictSame(
    rows.map(({ system: name, ratio }) => [name, ratio]),
    [
      ['cognito-gate', ''],
      ['Peer <&>', 0.5],
    ],
  )
  t.strictSame(findings, [
    { what: 'processor time ÷ Peer <&>', value: 0.5, unit: '×', target: 0.7 },
  ])
  t.strictSame(costs, [
    { system: 'cognito-gate', microseconds: 41 },
    { system: 'Peer <&>', microseconds: 82 },
  ])
  const problems = (cache: 'holds' | 'misses', ...shares: number[]) => {
    const runs = shares.map((hitShare) => ({ ...comparison.subject.runs[0]!, hitShare }))
    return comparisonResult({ cache }, { ...comparison, subject: system('gate', runs) }).problems
  }
  t.strictSame(problems('holds', 1, 0.995), [])
  t.match(problems('holds', 1, 0.9), [/knew only 90.0 % of the tokens/], 'of the worst run')
  t.strictSame(problems('misses', 0, 0), [])
  t.match(problems('misses', 0, 0.5), [/knew 50.0 % of the tokens/])
})

const rateRun = (p99Ms: number): RateReport => ({
  requests: 10_000,
  statuses: { 200: 10_000 },
  p50Ms: p99Ms / 2,
  p99Ms,
  p999Ms: p99Ms * 2,
  maxMs: p99Ms * 3,
  lateP99Ms: 0.01,
  connections: 64,
})

t.test('added latency is what is there without a system, taken off', async (t) => {
  const runs = (...p99s: number[]) => p99s.map(rateRun)
  const direct = { name: 'direct', runs: runs(1, 1, 50) }
  const gate = { name: 'gate', runs: runs(3, 3, 3) }
  const peer = { name: 'Peer', runs: runs(2, 2, 2) }
  const targets = { added: 1, besidePeer: 1 }
  const { findings, rows } = latencyResult(targets, [direct, gate, peer])
  t.equal(rows.length, 3)
  t.strictSame(
    findings.map(({ what, value }) => [
      what,
      value,
      verdictOf(findings.find((f) => f.what === what)!),
    ]),
    [
      ['p50 added', 1, 'no target'],
      ['p99 added', 2, 'missed'],
      ['p99.9 added', 4, 'no target'],
      ['p99 − Peer', 1, 'met'],
    ],
  )
  t.equal(latencyResult(undefined, [direct, gate]).findings.length, 3, 'without its peer')
  t.throws(() => latencyResult(undefined, [direct]), /nothing to compare/)
})

const saved = (found: Partial<SavedReport>): SavedReport => ({
  name: 'warm-token',
  title: 'warm token',
  at: '2026-11-28T12:00:00.000Z',
  effort: efforts.full,
  machine: {
    processor: 'Example',
    processors: 2,
    memoryMib: 4096,
    kernel: '6.1',
    versions: { 'Node.js': '24.0.0', HAProxy: '2.6' },
  },
  findings: [finding(0.48, 0.7), finding(0.31)],
  problems: [],
  report: comparison,
  ...found,
})

t.test('results: rows, Markdown, JSON', async (t) => {
  const start = { title: 'start', findings: [finding(450, 400, 'ms')] }
  const reports = [saved({}), saved({ ...start, problems: ['it was late'] })]
  t.equal(countTargets(reports), '1 of 2 targets met')
  t.strictSame(findingRows(reports)[2], {
    case: 'start',
    what: 'processor time ÷ Peer',
    found: '450 ms',
    target: '≤ 400 ms',
    verdict: 'missed',
  })
  const text = resultsMarkdown(reports)
  t.match(text, /^\| case +\| what +\| found +\| target +\| +\|\n/)
  t.match(text, /\| warm token \| processor time ÷ Peer \| 0.48 +\| ≤ 0.7 +\| met +\|/)
  t.match(text, '1 of 2 targets met. Medians of 5 rounds of 5 s')
  t.match(text, 'Node.js 24.0.0, HAProxy 2.6; 2 × Example, Linux 6.1; 2026-11-28.')
  t.strictSame(JSON.parse(resultsJson(reports)), JSON.parse(JSON.stringify({ cases: reports })))
  t.notMatch(text, '0.31', 'without a target: in the JSON alone')
  t.match(text, '\n- start: it was late')
  t.throws(() => resultsMarkdown([]), /nothing has been measured/)
  const { rounds, ...rest } = efforts.full
  const hasty = [{ ...rest, rounds: rounds - 3 }, efforts.short].map((effort) => saved({ effort }))
  t.strictSame(tooHasty([saved({}), ...hasty]), ['warm-token', 'warm-token'])
})

t.test(
  'the picture: the longest bar is the dearest, and nothing is taken for markup',
  async (t) => {
    const { costs = [] } = comparisonResult({}, comparison)
    const svg = drawPicture([
      { title: 'warm token', costs },
      { title: '10 MiB', costs: [{ system: 'cognito-gate', microseconds: 12_345.6 }] },
    ])
    const bars = [...svg.matchAll(/<rect class="(ours|theirs)" .* width="(\d+)"/g)]
    const [ours, theirs] = bars.map(([, kind, width]) => ({ kind, width: Number(width) }))
    t.strictSame([ours?.kind, theirs?.kind], ['ours', 'theirs'])
    t.equal(ours!.width * 2, theirs!.width)
    t.match(svg, 'Peer &lt;&amp;&gt;')
    t.match(
      svg,
      '<desc id="desc">warm token: cognito-gate 41 µs, Peer &lt;&amp;&gt; 82 µs. 10 MiB:',
    )
    t.match(svg, '>12,346</text>')
    t.match(svg, 'prefers-color-scheme: dark')
    t.notMatch(svg, /NaN|undefined/)
    t.notMatch(drawPicture([]), /NaN|undefined/)
  },
)

t.test('an answer is whole when its length says so', async (t) => {
  const answer = 'HTTP/1.1 401 Unauthorized\r\nServer: x\r\nContent-Length: 4\r\n\r\nbody'
  t.equal(readAnswer(answer.slice(0, 30)), undefined)
  t.equal(readAnswer(answer.slice(0, -1)), undefined)
  t.strictSame(readAnswer(`${answer}HTTP/1.1`), { status: '401', end: answer.length })
  t.throws(() => readAnswer('HTTP/1.1 200 OK\r\n\r\n'), /without a length/)
})

t.test('what is missing is named, with the packages that bring it', async (t) => {
  const need = (what: string, there: boolean) => ({
    what,
    debianPackage: `lib-${what}`,
    isThere: () => there,
  })
  t.strictSame(explainMissing([need('here', true)]), [])
  const lines = explainMissing([need('one', false), need('here', true), need('two', false)])
  t.strictSame(lines.slice(0, 2), ['one is missing', 'two is missing'])
  t.match(lines[2], /apt-get install --no-install-recommends lib-one lib-two$/)
})

t.test('how long a processor has worked', async (t) => {
  const stat = 'cpu  9 9 9 9\ncpu0 9 9 9 9 9 9 9 9 9 9\ncpu1 1 20 300 7 7 4000 50000 600000 0 0\n'
  t.equal(busyTicks(stat, 1), 654_321)
  t.equal(busyTicks(stat, 7), 0)
})

t.test("wrk's summary", async (t) => {
  const output = (more: string) => `Running 5s test\n  1234 requests in 5.02s, 1.20MB read\n${more}`
  t.strictSame(parseWrk(output('')), { requests: 1234, seconds: 5.02, refused: 0, socketErrors: 0 })
  const bad =
    'Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 7\n'
  t.match(parseWrk(output(`  ${bad}`)), { refused: 7, socketErrors: 10 })
  t.throws(() => parseWrk('unable to connect'), /no summary/)
})

t.test('a section of a document is replaced between its comments', async (t) => {
  const text = 'a\n<!-- x:begin -->\n\nold\n\n<!-- x:end -->\nb\n'
  t.equal(sectionOf(text, 'x'), 'old')
  t.equal(withSection(text, 'x', 'new'), text.replace('old', 'new'))
  t.throws(() => withSection(text, 'y', 'new'), /there is no <!-- y:begin -->/)
  const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')
  t.ok(sectionOf(readme, 'benchmarks'), 'where --publish writes')
})

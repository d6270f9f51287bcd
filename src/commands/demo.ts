// `cognito-gate demo`: a tour of the gate on an embedded user pool and a sample service.
import { createStage, type Stage } from '../demo/stage.ts'
import { tourSteps, type Step } from '../demo/steps.ts'
import { visit, type Visit } from '../demo/tour.ts'
import { parseArguments } from './arguments.ts'
import { describeError } from '../observe/describe-error.ts'
import { exitCodes, type Command } from './shell.ts'
import { alignColumns } from './table.ts'

export const demoUsage = `Usage: cognito-gate demo [--exit]

Starts a user pool (real RSA keys, key set over HTTP), a sample service and the gate on free ports of
127.0.0.1, runs a tour of requests and prints each with its answer, then curl lines with live tokens.

  --exit   end after the tour instead of staying up

Exit codes: 0 every answer was as expected, 1 one was not.
`

/** Makes the command for a tour of these steps. */
export const createDemo =
  (stepsOf: (stage: Stage) => readonly Step[]): Command =>
  async (args, shell) => {
    const parsed = parseArguments(args, { exit: { type: 'boolean' }, help: { type: 'boolean' } })
    if (!parsed.ok) {
      shell.stderr.write(`cognito-gate demo: ${parsed.error}; see cognito-gate demo --help\n`)
      return exitCodes.usage
    }
    if (parsed.value.help === true) {
      shell.stdout.write(demoUsage)
      return exitCodes.ok
    }
    const print = (...lines: readonly string[]) => shell.stdout.write(`${lines.join('\n')}\n`)
    print('cognito-gate demo: making four RSA keys, a user pool, a service and the gate …', '')
    const signalled = new Promise<void>((resolve) => shell.onSignal(() => resolve()))
    const stage = await createStage(shell.version).catch(describeError)
    if ('message' in stage) {
      shell.stderr.write(`cognito-gate demo: cannot start: ${stage.message}; ${demoNeeds}\n`)
      return exitCodes.failed
    }
    try {
      print(...describeStage(stage), '')
      const visits = await tour(stage, stepsOf(stage))
      print(...describeTour(visits), '')
      const good = visits.every(({ asExpected }) => asExpected)
      print(
        good
          ? `All ${visits.length} answers were as expected.`
          : 'Some answers were NOT as expected; they are marked ✗.',
      )
      if (parsed.value.exit !== true) {
        print('', ...describeCurl(stage))
        await signalled
      }
      return good ? exitCodes.ok : exitCodes.failed
    } finally {
      await stage.close()
    }
  }

/** Exit code 0 if every answer of the tour was as expected, else 1. */
export const demo: Command = createDemo(tourSteps)

const demoNeeds = 'it needs ports of 127.0.0.1 and a folder to write to (TMPDIR)'

/** One request after the other, so that the table reads like a story. */
const tour = async (stage: Stage, steps: readonly Step[]): Promise<readonly Visit[]> => {
  const visits: Visit[] = []
  for (const step of steps) visits.push(await visit(stage, step))
  return visits
}

const describeStage = (stage: Stage): readonly string[] =>
  alignColumns([
    ['  user pool', stage.pool.issuer],
    ['  service', stage.upstream.url],
    ['  gate', stage.gateUrl],
    ['  metrics', `${stage.adminUrl}/metrics`],
    ['  configuration', stage.configFile],
  ])

const describeTour = (visits: readonly Visit[]): readonly string[] => {
  const rows = visits.map(({ step, status, denial, message, asExpected }, index) => [
    `${asExpected ? '✓' : '✗'} ${String(index + 1).padStart(2)}`,
    step.title,
    `${step.method} ${step.path}`,
    String(status),
    denial === '' ? 'passed' : denial,
    shorten(message),
  ])
  const [heading, ...lines] = alignColumns([['   #', 'request', '', 'answer', 'why', ''], ...rows])
  return [
    String(heading),
    ...visits.flatMap((visited, index) => [String(lines[index]), ...describeSeen(visited)]),
  ]
}

const describeSeen = ({ status, seen }: Visit): readonly string[] => {
  if (status !== 200) return []
  if (seen.length === 0) return ['        the service saw no identity header']
  return seen.map(([name, value]) => `        the service saw ${name}: ${shorten(value)}`)
}

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text)

const describeCurl = ({ pool, gateUrl, adminUrl }: Stage): readonly string[] => [
  'Still up. Try it (Ctrl-C ends it):',
  '',
  `  curl -i ${gateUrl}/health`,
  `  curl -i ${gateUrl}/profile`,
  `  curl -i -H 'Authorization: Bearer ${pool.idToken()}' ${gateUrl}/profile`,
  '',
  `  curl -i -H 'Authorization: Bearer ${pool.accessToken({ scope: 'orders/read' })}' ${gateUrl}/orders/7`,
  '',
  `  curl -s ${adminUrl}/metrics | grep authorizations_total`,
]

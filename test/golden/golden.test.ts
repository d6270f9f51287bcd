// The golden table against the built gate: every row is sent over a socket of its own to a process
// started as users start it, and the whole answer is compared.
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { denialCodes, type DenialCode } from '../../src/core/denial.ts'
import { gateMain, type Gate } from '../e2e/helpers/gate.ts'
import { tempDir } from '../e2e/helpers/temp-dir.ts'
import { createKeyServer } from '../helpers/key-server.ts'
import { exchange, mappedOf, requestOf, wantedOf } from './exchange.ts'
import { gateNames, type GateName, type GoldenRow } from './row.ts'
import { goldenRows } from './rows.ts'
import { startGoldenGate } from './start.ts'
import { createTokens, revokedSubject, type Tokens } from './tokens.ts'
import { heldPath, startSwitchedUpstream, type SwitchedUpstream } from './upstream.ts'

/** Of the listener for edge proxies alone: test/integration/decision.test.ts has their answers. */
const ofDecisions: readonly DenialCode[] = ['peer_untrusted', 'header_aliased']

t.test('every denial has a row for REST and one for HTTP APIs', async (t) => {
  for (const gate of ['REST', 'HTTP'] as const) {
    const codes = new Set(
      goldenRows.filter((row) => row.gate === gate).flatMap(({ denial }) => denial ?? []),
    )
    const wanted = denialCodes.filter((code) => !ofDecisions.includes(code))
    t.strictSame([...codes].sort(), wanted.sort(), gate)
  }
})

/** Facts of chapter 3, from one to another. */
const numbers = (first: number, last: number): readonly string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => `3.${first + index}`)

/** What a REST API answers, and an HTTP API, of which each fact has to have a row. */
const restFacts = ['3.17b', ...numbers(10, 36)]
const httpFacts = ['3.61', ...numbers(70, 82)]

/** Answers that no gate can have a reason for, since it has nothing of the kind. */
const unmet: Readonly<Record<string, string>> = {
  '3.17b': 'resource policies: an imported one denies, as 3.17',
  '3.20': 'API keys',
  '3.21': 'WAF, private APIs, default endpoints',
  '3.22': 'throttling',
  '3.23': 'usage plans',
  '3.25': 'ARNs of methods',
  '3.27': 'validation of bodies and parameters',
  '3.28': 'templates by media type',
  '3.33': 'authorizers that cannot be set up: the gate does not start',
  '3.34': 'names of stages in paths',
  '3.78': 'throttling',
}

/** Of gateway responses, mappings and CORS, which are no answers by themselves. */
const otherFacts = [
  ...['3.42', '3.43', '3.44', '3.45', '3.46', '3.47', '3.48', '3.50'],
  ...['4.1', '4.7', '4.25', '5.16', '5.33'],
]

t.test('every fact that a proxy can meet has a row, and every row a fact', async (t) => {
  const known = new Set(goldenRows.map(({ fact }) => fact))
  const met = [...restFacts, ...httpFacts].filter((fact) => unmet[fact] === undefined)
  t.strictSame([...known].sort(), [...met, ...otherFacts, 'gate'].sort())
})

t.test('no two rows have one name', async (t) => {
  const names = goldenRows.map(({ gate, name }) => `${gate}: ${name}`)
  t.strictSame(
    names.filter((name, index) => names.indexOf(name) < index),
    [],
  )
})

interface World {
  readonly gate: Gate
  readonly tokens: Tokens
  readonly upstream: SwitchedUpstream
}

t.test('the built gate gives every answer to the byte', async (t) => {
  if (!existsSync(gateMain)) {
    t.fail('there is no dist/main.js; run npm run build')
    return
  }
  const issuer = await createKeyServer()
  t.teardown(() => issuer.close())
  const upstream = await startSwitchedUpstream(t)
  const tokens = createTokens(issuer, Math.floor(Date.now() / 1000))
  const denyListFile = join(tempDir(t), 'denied.yaml')
  writeFileSync(denyListFile, `- { claim: sub, value: ${revokedSubject} }\n`)
  const places = { upstreamPort: upstream.port, issuer, denyListFile }
  const gates = await Promise.all(gateNames.map((name) => startGoldenGate(t, name, places)))
  for (const [index, name] of gateNames.entries()) {
    await t.test(`apiType ${name}`, async (t) => {
      const gate = gates[index] as Gate
      await untilKeys(gate, tokens)
      await runRows(t, { gate, tokens, upstream }, name)
    })
  }
})

/** One issuer never has keys, so readiness would not come. */
const untilKeys = async (gate: Gate, { id }: Tokens): Promise<void> => {
  const headers = { authorization: id, connection: 'close' }
  await gate.program.until(async () => {
    const { status } = await fetch(`${gate.url}/orders`, { headers })
    return status === 200 ? true : undefined
  })
}

/** Compares the answers, and then what the log has under their ids. */
const runRows = async (t: Test, world: World, name: GateName): Promise<void> => {
  const wanted: string[] = []
  for (const row of goldenRows.filter((row) => row.gate === name)) {
    const { answer, requestId } = await inSituation(world, row, () =>
      exchange(world.gate.url, requestOf(row, world.tokens)),
    )
    t.strictSame(answer, wantedOf(row), `${row.fact} ${row.name}`)
    if (row.mapped !== undefined) {
      const lines = world.upstream.lastHead().split('\r\n')
      t.strictSame(mappedOf(lines), row.mapped, `${row.fact} ${row.name}: what is sent`)
    }
    if (row.denial !== null) wanted.push(`${requestId} ${row.denial} ${row.want.status}`)
  }
  const { gate } = world
  await gate.program.until(() => (linesOf(gate).includes(String(wanted.at(-1))) ? true : undefined))
  const lines = linesOf(gate)
  t.strictSame(
    wanted.filter((line) => !lines.includes(line)),
    [],
    'every answer is in the log, with its reason',
  )
}

const linesOf = (gate: Gate): readonly string[] =>
  gate
    .log()
    .map((line) => [line['requestId'], line['denial'], line['http.response.status_code']].join(' '))

/** Puts the upstream into the state that the row asks for while `run` runs. */
const inSituation = async <T>(
  { gate, upstream }: World,
  row: GoldenRow,
  run: () => Promise<T>,
): Promise<T> => {
  if (row.wireOnly !== true || row.upstream === undefined) return run()
  if (row.upstream === 'busy') return whileBusy(gate, upstream, run)
  await upstream.become(row.upstream)
  try {
    return await run()
  } finally {
    await upstream.become('good')
  }
}

const whileBusy = async <T>(
  gate: Gate,
  upstream: SwitchedUpstream,
  run: () => Promise<T>,
): Promise<T> => {
  const socket = connect(Number(new URL(gate.url).port), '127.0.0.1')
  await once(socket, 'connect')
  const held = upstream.held()
  socket.write(`GET ${heldPath} HTTP/1.1\r\nHost: gate.example\r\n\r\n`)
  await held
  try {
    return await run()
  } finally {
    socket.destroy()
  }
}

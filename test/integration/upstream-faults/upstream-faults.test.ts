// Whatever goes wrong at the upstream: each client has a whole answer or can tell that it has none, the
// log and the metrics say which fault it was, and no connection is left.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { certificate } from '../../fixtures/upstream-certificate.ts'
import { dialRaw } from '../../helpers/forwarding.ts'
import { startGate } from '../../helpers/gate.ts'
import { startRawUpstream, until } from '../../helpers/raw-upstream.ts'
import { readAnswers } from '../../helpers/strict-answer.ts'
import { linesOf, metricsOf } from '../limits/client.ts'
import { routes, silent } from '../limits/row.ts'
import { bodyRows, headRows, reuseRows } from './answer-rows.ts'
import { connectRows } from './connect-rows.ts'
import { get, usual, type FaultRow } from './row.ts'

const caFile = join(mkdtempSync(join(tmpdir(), 'faults-')), 'ca.pem')
writeFileSync(caFile, certificate)

/** Reads as a careful client would. */
const ask = async (t: Test, port: number, request: string): Promise<string> => {
  const client = dialRaw(t, port, request)
  const end = await client.closed
  const { answers, rest } = readAnswers(client.text(), ['GET'], end === 'end')
  const [answer] = answers
  if (answer !== undefined && rest === '') return `${answer.status} ${answer.body}`
  const text = client.text()
  return `broken ${text.slice(9, 12)} ${text.slice(text.indexOf('\r\n\r\n') + 4)}`
}

const runRow = async (t: Test, row: FaultRow): Promise<void> => {
  const { tls, script = silent, denial, kind } = row
  const raw = await startRawUpstream(t, script, tls === undefined ? {} : { tls })
  const keys = (row.upstream ?? usual).replace('CA', `'${caFile}'`)
  const gate = await startGate(t, `upstream: { ${keys} }\n${routes}`, silent, {
    upstreamPort: raw.port,
  })
  const client: string[] = []
  for (const request of row.requests ?? [get]) client.push(await ask(t, gate.port, request))
  t.strictSame(client, row.client, 'the clients')

  const denials = () => linesOf(gate).flatMap((line) => line.denial ?? [])
  if (denial !== undefined) await until(() => denials().length > 0, 'a line in the log')
  t.strictSame(denials(), denial === undefined ? [] : [denial], 'the log')
  const series = (await metricsOf(gate)).filter((line) => /^cognito_gate_upstream_/.test(line))
  t.strictSame(
    series.filter((line) => /_errors_total\{.*\} [^0]/.test(line)),
    kind === undefined ? [] : [`cognito_gate_upstream_errors_total{kind="${kind}"} 1`],
    'the metric',
  )
  t.ok(series.includes(`cognito_gate_upstream_retries_total ${row.retries ?? 0}`), 'retries')

  if (!client.at(-1)!.startsWith('200 '))
    await until(() => raw.open() === 0, 'the connections to close')
  t.strictSame(await gate.stop(), { cut: 0 }, 'no request is left')
  await until(() => raw.open() === 0, 'the connections to close')
}

for (const row of [...connectRows, ...headRows, ...bodyRows, ...reuseRows]) {
  t.test(row.name, (t) => runRow(t, row))
}

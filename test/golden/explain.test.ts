// The golden table against `explain`: of every row that a request alone decides it says what the gate
// answers, to the byte, and what the upstream gets.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { reportText } from '../../src/commands/explain-text.ts'
import { loadSettings } from '../../src/config/load.ts'
import { unwrap } from '../../src/core/result.ts'
import { composeRequest } from '../../src/explain/asked.ts'
import { createReport, type AnswerReport, type Report } from '../../src/explain/report.ts'
import { runRequest } from '../../src/explain/run.ts'
import { systemClock } from '../../src/observe/clock.ts'
import { readExport } from '../../src/openapi/read.ts'
import { compileRoutes } from '../../src/routing/table.ts'
import { createKeyServer } from '../helpers/key-server.ts'
import { isFraming, mappedOf, wantedOf } from './exchange.ts'
import { configurationOf, type Places } from './gates.ts'
import { gateNames, type GateName, type GoldenRow } from './row.ts'
import { goldenRows } from './rows.ts'
import { createTokens, revokedSubject, type Tokens } from './tokens.ts'

t.test('explain says of every row what the gate does', async (t) => {
  const issuer = await createKeyServer()
  t.teardown(() => issuer.close())
  const tokens = createTokens(issuer, Math.floor(Date.now() / 1000))
  const dir = t.testdir({ 'denied.yaml': `- { claim: sub, value: ${revokedSubject} }\n` })
  const places = { upstreamPort: 9, issuer, denyListFile: join(dir, 'denied.yaml') }
  for (const name of gateNames) {
    const explain = await createExplain(dir, name, places)
    for (const row of goldenRows.filter(({ gate, wireOnly }) => gate === name && !wireOnly)) {
      const report = await explain(row, tokens)
      t.strictSame(seenOf(report), expectedOf(row), `${name} ${row.fact} ${row.name}`)
      t.match(reportText(report), firstLineOf(row), `${name} ${row.fact} ${row.name}, in words`)
    }
  }
})

/** Reads a gate's file as the command does, and asks about requests as the command does. */
const createExplain = async (dir: string, name: GateName, places: Places) => {
  const file = join(dir, `${name}.yaml`)
  writeFileSync(file, configurationOf(name, places))
  const settings = unwrap(await loadSettings({ file, env: {}, checkRoutes: () => [], readExport }))
  const options = { settings, table: unwrap(compileRoutes(settings.routes)), clock: systemClock }
  return async (row: GoldenRow, tokens: Tokens): Promise<Report> => {
    const asked = {
      method: row.method,
      path: row.path,
      headers: ['Host', 'gate.example', 'Connection', 'close', ...(row.headers ?? []).flat()],
      token: row.token === undefined ? undefined : tokens[row.token],
    }
    const request = composeRequest(asked, options.settings, options.table)
    return createReport(options, request, await runRequest(options, request))
  }
}

const seenOf = ({ verdict, denial, answer, upstream }: Report) => ({
  verdict,
  denial,
  answer: answer === null ? null : normalised(answer),
  mapped: upstream === null ? null : mappedOf(linesOf(upstream.headers)),
})

const expectedOf = (row: GoldenRow) => {
  const { statusLine, headers, body } = wantedOf(row)
  const answer = row.mapped === undefined ? { statusLine, headers, body } : null
  return { verdict: verdictOf(row), denial: row.denial, answer, mapped: row.mapped ?? null }
}

const verdictOf = ({ denial, mapped }: GoldenRow): Report['verdict'] => {
  if (denial !== null) return 'refused'
  return mapped === undefined ? 'answered' : 'allowed'
}

/** The first line of the text; a gate of the table answers by a mock, or a preflight by CORS. */
const firstLineOf = (row: GoldenRow): string | RegExp => {
  switch (verdictOf(row)) {
    case 'refused':
      return new RegExp(`^Refused: ${String(row.denial)}[\\n ]`)
    case 'allowed':
      return /^Allowed: /
    case 'answered': {
      const lines = row.want.headers.join('\n')
      if (row.gate !== 'cors')
        return /^Answered by the gate itself, as the mock of the route says\./
      return lines.includes('access-control-allow-origin')
        ? /^Answered by the gate itself: a CORS preflight from an allowed origin/
        : /^Answered by the gate itself: a CORS preflight from a refused origin/
    }
  }
}

const normalised = ({ statusLine, headers, body }: AnswerReport) => ({
  statusLine,
  headers: linesOf(headers).filter((line) => !isFraming(line)),
  body: nameIds(body),
})

const linesOf = (headers: AnswerReport['headers']): readonly string[] =>
  headers.map(([name, value]) =>
    name === 'Retry-After' && /^[1-9][0-9]*$/.test(value)
      ? `${name}: {seconds}`
      : `${name}: ${nameIds(value)}`,
  )

const nameIds = (text: string): string =>
  text
    .replaceAll('<the request id>', '{requestId}')
    .replaceAll('<the extended request id>', '{extendedRequestId}')

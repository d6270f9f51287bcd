// Cases that others test of their parsers and proxies, through the whole gate: what reaches the upstream,
// and what the client gets. The rows stand beside.
import t from 'tap'
import { requestText, startGate } from '../../helpers/gate.ts'
import { createLine } from '../../helpers/raw-requests/line.ts'
import type { Sent, SentRequest } from '../../helpers/raw-requests/sent.ts'
import { headerValues } from '../../helpers/strict-request.ts'
import { startStrictGate } from '../http1/strict-gate.ts'
import { readAnswers } from '../../helpers/strict-answer.ts'
import { goAnswers, goRequests } from './go.ts'
import { llhttpAnswers } from './llhttp-answers.ts'
import { llhttpRequests } from './llhttp-requests.ts'
import { proxyAnswers, proxyRequests } from './node-proxies.ts'
import type { AnswerRow, RequestRow } from './row.ts'

const requests: readonly RequestRow[] = [...llhttpRequests, ...goRequests, ...proxyRequests]
const answers: readonly AnswerRow[] = [...llhttpAnswers, ...goAnswers, ...proxyAnswers]

const anyPath = `
routes:
  - { path: '/{proxy+}', method: ANY, authorizationType: NONE }
`

/** As many answers are awaited as there are to be requests, and one for a refusal. */
const awaited = ({ lines }: RequestRow): Sent => {
  const methods = lines.length === 0 ? ['GET'] : lines.map((line) => line.split(' ')[0]!)
  const requests = methods.map((method): SentRequest => ({
    method,
    target: '',
    headers: [],
    framing: 'none',
    body: '',
  }))
  return { requests, ending: 'whole', why: '' }
}

t.test('requests', async (t) => {
  const { gate, strict } = await startStrictGate(t, undefined, anyPath)
  for (const row of requests) {
    const before = strict.requests.length
    const line = createLine(gate.port)
    const { answers: heard, fault } = await line.say([row.sent], awaited(row))
    line.close()
    const seen = strict.requests.slice(before)
    t.strictSame(
      {
        fault,
        statuses: heard.map(({ status }) => status),
        lines: seen.map(({ method, target }) => `${method} ${target}`),
        bodies: seen.map(({ body }) => body),
        upstream: strict.faults,
      },
      {
        fault: '',
        statuses: row.statuses,
        lines: row.lines,
        bodies: row.bodies ?? row.lines.map(() => ''),
        upstream: [],
      },
      row.name,
    )
    const [first] = seen
    for (const [name, value] of Object.entries(row.headers ?? {})) {
      const values = first === undefined ? [] : headerValues(first, name)
      t.strictSame(values, value === undefined ? [] : [value], `${row.name}: ${name}`)
    }
  }
})

t.test('answers', async (t) => {
  let row: AnswerRow | undefined
  const gate = await startGate(t, anyPath, ({ socket, text }) => {
    // Most have no body; one that has is not waited for.
    if (row === undefined || !/\r\n\r\n(?:part)?$/.test(text)) return
    socket.write(row.answered, 'latin1')
    if (row.ends === true) socket.end()
  })
  for (const each of answers) {
    row = each
    const { method = 'GET', sent = requestText(`${method} /x`) } = each
    const text = await gate.exchange(sent)
    const read = readAnswers(text, [method])
    const statuses = read.answers.map(({ status }) => status)
    const broken = read.fault !== undefined || read.rest !== '' || statuses.length === 0
    t.strictSame(broken ? 'broken' : statuses, each.statuses, each.name)
    const last = read.answers.at(-1)
    if (each.body !== undefined) t.equal(last?.body, each.body, each.name)
    for (const [name, value] of Object.entries(each.headers ?? {})) {
      t.equal(last?.headers[name], value, `${each.name}: ${name}`)
    }
  }
  t.notMatch(gate.logged.join(''), '"level":"error"', 'nothing is thrown')
})

// What a client of the gate sees, in a few words.
import type { Test } from 'tap'
import { dialRaw, type RawClient } from '../../helpers/forwarding.ts'
import type { Gate } from '../../helpers/gate.ts'

/** The last answer's status and body, and how the connection ended; `nothing` without an answer. */
export const seen = async (client: RawClient): Promise<string> => {
  const end = await client.closed
  const text = client.text()
  if (text === '') return `nothing, ${end}`
  const last = text.slice(text.lastIndexOf('HTTP/1.1 '))
  const [head = '', ...body] = last.split('\r\n\r\n')
  return `${head.split(' ')[1] ?? ''} ${body.join('\r\n\r\n')}, ${end}`
}

/** Sends bytes and tells what came of them. */
export const send = (t: Test, gate: Gate, text: string): Promise<string> =>
  seen(dialRaw(t, gate.port, text))

/** Lines of the metrics that begin with `series`. */
export const metricsOf = async (gate: Gate): Promise<readonly string[]> =>
  (await (await fetch(`http://127.0.0.1:${gate.adminPort}/metrics`)).text()).split('\n')

interface LogLine {
  readonly denial?: string
  readonly msg: string
}

export const linesOf = (gate: Gate): readonly LogLine[] =>
  gate.logged.map((line) => JSON.parse(line) as LogLine)

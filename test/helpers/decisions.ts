// Asks a gate for decisions as edge proxies do, in each of the three ways, with raw bytes.
import type { Way } from '../../src/server/original.ts'
import { requestText, type Gate } from './gate.ts'

/** YAML that lets this machine ask on a free port. */
export const decisions = 'decision: { enabled: true, port: 0 }\n'

/** The request that an edge proxy asks about. */
export interface Asked {
  readonly method?: string
  readonly target: string
  readonly headers?: readonly string[]
}

export interface Answered {
  readonly status: number
  /** By lower-case name; of lines with one name, the last. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The bytes of the question, by each way. */
export const questions: Readonly<Record<Way, (asked: Asked) => string>> = {
  original: ({ method = 'GET', target, headers = [] }) =>
    requestText('GET /auth/original', [
      `X-Original-Method: ${method}`,
      `X-Original-URI: ${target}`,
      ...headers,
    ]),
  forwarded: ({ method = 'GET', target, headers = [] }) =>
    requestText('GET /auth/forwarded', [
      `X-Forwarded-Method: ${method}`,
      `X-Forwarded-Uri: ${target}`,
      ...headers,
    ]),
  request: ({ method = 'GET', target, headers }) =>
    requestText(`${method} /auth/request${target}`, headers),
}

export const ways = Object.keys(questions) as readonly Way[]

export const decide = async (gate: Gate, way: Way, asked: Asked): Promise<Answered> =>
  readAnswer(await gate.ask(questions[way](asked)))

/** The one answer in what came on a connection. */
export const readAnswer = (text: string): Answered => {
  const end = text.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  })
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(headers),
    body: text.slice(end + 4),
  }
}

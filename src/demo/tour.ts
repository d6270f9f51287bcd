// Walks the tour's steps against the running gate: sends each request as written, byte for byte, and
// judges the answer and what the service saw.
import { request, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import type { Stage } from './stage.ts'
import type { Step } from './steps.ts'
import type { Seen } from './upstream.ts'

export interface Visit {
  readonly step: Step
  readonly status: number
  /** The gate's own message, or '' when the service answered. */
  readonly message: string
  readonly denial: string
  /** Header lines that carry an identity, as the service saw them. */
  readonly seen: readonly (readonly [string, string])[]
  readonly asExpected: boolean
}

/** Sends one step's request. */
export const visit = async (stage: Stage, step: Step): Promise<Visit> => {
  const before = stage.upstream.count()
  const { response, body } = await send(stage.gateUrl, step)
  const reached = stage.upstream.count() - before === 1
  const status = response.statusCode as number
  const seen = reached ? (JSON.parse(body) as Seen).headers : []
  const denial = stage.denialOf(String(response.headers['x-amzn-requestid'])) ?? ''
  return {
    step,
    status,
    message: reached ? '' : messageOf(body),
    denial,
    seen: seen.filter(([name]) => /^x.claim/i.test(name)),
    asExpected: status === step.want.status && isExpected(step, { reached, seen, denial }),
  }
}

const send = async (
  gateUrl: string,
  { method, path, headers }: Step,
): Promise<{ response: IncomingMessage; body: string }> => {
  const { hostname, port, host } = new URL(gateUrl)
  const outgoing = request({
    hostname,
    port,
    method,
    path,
    headers: ['Host', host, ...headers],
    agent: false,
  })
  outgoing.end()
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  const chunks = (await response.toArray()) as Buffer[]
  return { response, body: Buffer.concat(chunks).toString() }
}

const messageOf = (body: string): string => {
  const answer = JSON.parse(body) as { message?: string; Message?: string }
  return (answer.message ?? answer.Message) as string
}

interface Outcome {
  readonly reached: boolean
  readonly seen: Seen['headers']
  readonly denial: string
}

const isExpected = ({ want }: Step, { reached, seen, denial }: Outcome): boolean => {
  if ('denial' in want) return !reached && denial === want.denial
  return (
    reached &&
    Object.entries(want.sees).every(([name, value]) => {
      const values = seen
        .filter(([header]) => header.toLowerCase() === name)
        .map(([, text]) => text)
      return value === undefined ? values.length === 0 : values.join() === value
    })
  )
}

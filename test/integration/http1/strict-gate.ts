// The gate before an upstream that reads strictly: for tests of what RFC 9110 and RFC 9112 ask of an
// intermediary, seen from both sides.
import type { Test } from 'tap'
import { startGate, usualRoutes, type Gate } from '../../helpers/gate.ts'
import { readAnswers, type WholeAnswer } from '../../helpers/strict-answer.ts'
import type { WholeRequest } from '../../helpers/strict-request.ts'
import {
  startStrictUpstream,
  type AnswerRequest,
  type StrictUpstream,
} from '../../helpers/strict-upstream.ts'

/** What came of bytes that were sent on a connection of their own. */
export interface Told {
  /** The statuses of the answers, informational ones too. */
  readonly statuses: readonly number[]
  readonly answers: readonly WholeAnswer[]
  /** What was no whole answer; '' when all was. */
  readonly rest: string
  readonly requests: readonly WholeRequest[]
  /** Method and target of what the upstream got whole. */
  readonly lines: readonly string[]
}

export interface StrictGate {
  readonly gate: Gate
  readonly strict: StrictUpstream
  /**
   * Sends bytes and waits until the gate has ended the connection. `methods` are those of the
   * requests that may be answered. Throws when the upstream or the client could not read something.
   */
  readonly tell: (text: string, methods?: readonly string[]) => Promise<Told>
}

/** Starts both; they end with the test. */
export const startStrictGate = async (
  t: Test,
  answer?: AnswerRequest,
  extra: string = usualRoutes,
): Promise<StrictGate> => {
  const strict = await startStrictUpstream(t, answer)
  const gate = await startGate(t, extra, () => undefined, { upstreamPort: strict.port })
  const tell = async (text: string, methods = methodsIn(text)): Promise<Told> => {
    const before = strict.requests.length
    const { answers, rest, fault } = readAnswers(await gate.exchange(text), methods)
    if (fault !== undefined) throw new Error(`the client reads no ${fault}`)
    if (strict.faults.length > 0) throw new Error(`the upstream reads no ${strict.faults.join()}`)
    const requests = strict.requests.slice(before)
    const lines = requests.map(({ method, target }) => `${method} ${target}`)
    return { statuses: answers.map(({ status }) => status), answers, rest, requests, lines }
  }
  return { gate, strict, tell }
}

/** The methods of the lines that look like request lines; one GET if none does. */
const methodsIn = (text: string): readonly string[] => {
  const found = [...text.matchAll(/^([A-Z-]+) \S+ HTTP\/1\.[01]\r$/gm)].map(([, method]) => method!)
  return found.length === 0 ? ['GET'] : found
}

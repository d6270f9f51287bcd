// One question of an edge proxy: who asks, about which request, and what the gate says. It forwards
// nothing. Whatever goes wrong in between is `internal`, and so a refusal: the process stays up.
import type { IncomingMessage } from 'node:http'
import type { Decision } from '../authorize.ts'
import type { Answer } from '../core/answer.ts'
import { deny, isDenial, type Denial } from '../core/denial.ts'
import { createTrust } from '../proxy/forwarded.ts'
import type { Accounts } from './account.ts'
import type { Connections, OpenRequest } from './connections.ts'
import type { DecisionGate } from './decision-gate.ts'
import { peerAddress, readFacts } from './facts.ts'
import type { GateResponse } from './gate-response.ts'
import { readOriginal, wayOf, type Way } from './original.ts'
import { respond } from './respond.ts'

export interface DecideOptions {
  /** The gate that decides; asked for once with every request. */
  readonly gate: () => DecisionGate
  /** CIDRs of the edge proxies that may ask. */
  readonly trustedPeers: readonly string[]
}

export type Decide = (request: IncomingMessage, response: GateResponse) => void

/** Makes the handler of `request` events. It never throws. */
export const createDecide = (
  options: DecideOptions,
  connections: Connections,
  accounts: Accounts,
): Decide => {
  const isPeer = createTrust(options.trustedPeers)
  return (request, response) => {
    const connection = connections.of(request.socket)
    if (connection.closing) return
    const question: Question = {
      open: accounts.begin(request, response, connection),
      way: wayOf(request.url as string),
      gate: options.gate(),
    }
    const refuse = (denial: Denial): void => {
      accounts.refused(question.open, denial)
      send(question.open, refusalOf(question, denial))
    }
    if (isPeer(peerAddress(request.socket.remoteAddress))) {
      answer(question, accounts.decided, refuse)
    } else {
      response.shouldKeepAlive = false
      refuse(deny('peer_untrusted'))
    }
  }
}

interface Question {
  readonly open: OpenRequest
  readonly way: Way | undefined
  readonly gate: DecisionGate
}

const answer = (
  question: Question,
  decided: Accounts['decided'],
  refuse: (denial: Denial) => void,
): void => {
  const { open, way, gate } = question
  const facts = readFacts(open.request)
  if (isDenial(facts)) {
    // What one side took for the end of this request the other may not have: nothing follows it.
    open.response.shouldKeepAlive = false
    refuse(facts)
    return
  }
  const original =
    way === undefined
      ? deny('request_malformed', { cause: 'no path of this listener' })
      : readOriginal(facts, way)
  if (isDenial(original)) {
    refuse(original)
    return
  }
  open.facts = original
  const conclude = (decision: Decision): void => {
    decided(open, decision)
    // While a key was fetched the peer may have left, or sent what ended it all.
    if (open.state === 'refused' || open.response.destroyed) return
    if (decision.kind === 'refused') refuse(decision.denial)
    else send(open, gate.permitted(decision, open))
  }
  void settle(() => gate.judge(original), conclude).catch((cause: unknown) => {
    refuse(deny('internal', { cause }))
  })
}

/** Waits only where there is something to wait for: most decisions are there at once. */
const settle = async (
  judge: () => Decision | Promise<Decision>,
  conclude: (decision: Decision) => void,
): Promise<void> => {
  const decision = judge()
  conclude(decision instanceof Promise ? await decision : decision)
}

const send = (open: OpenRequest, answer: Answer): void => {
  open.state = 'refused'
  respond(open.request, open.response, answer)
}

const refusalOf = ({ open, way, gate }: Question, denial: Denial): Answer => {
  const answer = gate.refused(denial, open)
  return way === 'original' && denial.code !== 'peer_untrusted' ? forNginx(answer) : answer
}

/**
 * nginx knows 401 and 403 as refusals, makes a 500 of everything else, and shows nobody the body: status
 * and body come in headers, the body only where a header can hold it as it is.
 */
const forNginx = (answer: Answer): Answer => {
  const headers = [...answer.headers]
  if (/^[!-~](?:[ -~]{0,1022}[!-~])?$/.test(answer.body)) headers.push('X-Gate-Body', answer.body)
  if (answer.status === 401) return { ...answer, headers }
  headers.push('X-Gate-Status', String(answer.status))
  return { ...answer, status: 403, headers }
}

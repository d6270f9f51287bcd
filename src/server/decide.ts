// One question of an edge proxy: who asks, about which request, and what the gate says. It forwards
// nothing. Whatever goes wrong in between is `internal`, and so a refusal: the process stays up.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Decision } from '../authorize.ts'
import type { Answer } from '../core/answer.ts'
import { deny, isDenial, type Denial } from '../core/denial.ts'
import { createTrust } from '../proxy/forwarded.ts'
import type { Accounts } from './account.ts'
import type { Connections, OpenRequest } from './connections.ts'
import type { DecisionGate } from './decision-gate.ts'
import { peerAddress, readFacts } from './facts.ts'
import { readOriginal, wayOf, type Way } from './original.ts'
import { respond } from './respond.ts'

export interface DecideOptions {
  /** The gate that decides; asked for once with every request. */
  readonly gate: () => DecisionGate
  /** CIDRs of the edge proxies that may ask. */
  readonly trustedPeers: readonly string[]
  /** From when it says so on, every answer ends its connection. */
  readonly draining: () => boolean
}

export type Decide = (request: IncomingMessage, response: ServerResponse) => void

/** Makes the handler of `request` events. It never throws. */
export const createDecide = (
  options: DecideOptions,
  connections: Connections,
  accounts: Accounts,
): Decide => {
  const isPeer = createTrust(options.trustedPeers)
  const send = createSend(options, connections)

  return (request, response) => {
    if (connections.of(request.socket).closing) return
    const question: Question = {
      open: accounts.begin(request, response),
      way: wayOf(request.url as string),
      gate: options.gate(),
    }
    const refuse = (denial: Denial): void => {
      accounts.refused(question.open, denial)
      send(question.open, refusalOf(question, denial))
    }
    if (isPeer(peerAddress(request.socket.remoteAddress))) {
      answer(question, { send, refuse })
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

interface Replies {
  readonly send: (open: OpenRequest, answer: Answer) => void
  readonly refuse: (denial: Denial) => void
}

const answer = (question: Question, { send, refuse }: Replies): void => {
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
    open.route = decision.route
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

const createSend =
  ({ draining }: DecideOptions, connections: Connections): Replies['send'] =>
  (open, answer) => {
    const { request, response } = open
    const connection = connections.of(request.socket)
    open.state = 'refused'
    // The last of a pipeline ends the connection, so that the answers before it are not lost.
    if (draining() && connection.newest === open) response.shouldKeepAlive = false
    respond(request, response, answer)
    if (!response.shouldKeepAlive) connection.closing = true
  }

const refusalOf = ({ open, way, gate }: Question, denial: Denial): Answer => {
  const answer = gate.refused(denial, open)
  return way === 'original' && denial.code !== 'peer_untrusted' ? forNginx(answer) : answer
}

/** nginx knows 401 and 403 as refusals and makes a 500 of everything else. */
const forNginx = (answer: Answer): Answer =>
  answer.status === 401
    ? answer
    : {
        ...answer,
        status: 403,
        headers: [...answer.headers, 'X-Gate-Status', String(answer.status)],
      }

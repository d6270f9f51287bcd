// One request of the data listener, from its head to a decision, and from there to the forwarder or
// to an answer. Whatever goes wrong in between ends here, as `internal`: the process stays up.
import type { IncomingMessage } from 'node:http'
import type { Authorize, Decision } from '../authorize.ts'
import type { Answer } from '../core/answer.ts'
import { deny, isDenial, type Denial } from '../core/denial.ts'
import type { RequestFacts } from '../core/request.ts'
import type { Mock } from '../core/route.ts'
import type { Exchange } from '../proxy/exchange.ts'
import type { Forward } from '../proxy/forward.ts'
import type { Accounts } from './account.ts'
import type { AnswerRefusal } from './answer-refusal.ts'
import type { Connections, OpenRequest } from './connections.ts'
import type { ServedCors } from './cors.ts'
import type { GateResponse } from './gate-response.ts'
import { respond } from './respond.ts'

export interface ServeOptions {
  readonly readFacts: (request: IncomingMessage) => RequestFacts | Denial
  readonly authorize: Authorize
  readonly forward: Forward
  readonly answer: AnswerRefusal
  /** The answer of a route that does not forward. */
  readonly answerMock: (mock: Mock, requestId: string) => Answer
  /** Absent leaves CORS to the upstream. */
  readonly cors?: ServedCors | undefined
}

export type Serve = (request: IncomingMessage, response: GateResponse) => void

/** Makes the handler of `request` events. It never throws. */
export const createServe = (
  options: ServeOptions,
  connections: Connections,
  accounts: Accounts,
): Serve => {
  const refuse = createRefuse(options, accounts)
  const decide = createDecide(options, accounts, refuse)

  return (request, response) => {
    const connection = connections.of(request.socket)
    if (connection.closing) return
    const open = accounts.begin(request, response, connection)
    const facts = options.readFacts(request)
    if (isDenial(facts)) {
      // What one side took for the end of this request the other may not have: nothing follows it.
      response.shouldKeepAlive = false
      refuse(open, facts)
      return
    }
    open.facts = facts
    const preflight = options.cors?.preflight(facts, open.requestId)
    if (preflight === undefined) decide(open, facts)
    else answerByItself(open, preflight)
  }
}

type Refuse = (open: OpenRequest, denial: Denial) => void

const createRefuse =
  (options: ServeOptions, accounts: Accounts): Refuse =>
  (open, denial) => {
    const { request, response } = open
    if (open.state === 'refused' || response.headersSent || response.destroyed) return
    accounts.refused(open, denial)
    respond(request, response, dressed(options, open, options.answer(denial, open)))
  }

/** An answer of the gate's own, as the page that asked may need it to be. */
const dressed = ({ cors }: ServeOptions, { request }: OpenRequest, answer: Answer): Answer =>
  cors === undefined
    ? answer
    : { ...answer, headers: cors.dress(answer.headers, request.rawHeaders) }

/** Answers a request that needs no upstream and is no refusal. */
const answerByItself = (open: OpenRequest, answer: Answer): void => {
  open.state = 'refused'
  respond(open.request, open.response, answer)
}

const createDecide = (
  options: ServeOptions,
  accounts: Pick<Accounts, 'decided'>,
  refuse: Refuse,
): ((open: OpenRequest, facts: RequestFacts) => void) => {
  const conclude = (open: OpenRequest, facts: RequestFacts, decision: Decision): void => {
    accounts.decided(open, decision)
    if (decision.kind === 'refused') {
      refuse(open, decision.denial)
      return
    }
    // While a key was fetched the client may have left, or sent something that ended it all.
    if (open.response.destroyed || open.state === 'refused') return
    const { mock } = decision.route
    if (mock !== undefined) {
      answerByItself(open, dressed(options, open, options.answerMock(mock, open.requestId)))
      return
    }
    open.state = 'forwarding'
    open.exchange = newExchange(open, facts, options.cors, (denial) => {
      refuse(open, denial)
    })
    options.forward(decision, open.exchange)
  }

  const fail = (open: OpenRequest, cause: unknown): void => {
    const denial = deny('internal', { cause })
    const answered = open.state === 'refused'
    refuse(open, denial)
    open.denial = denial
    // A part of the upstream's answer that was sent already must not look whole.
    if (!answered && open.state !== 'refused') open.response.destroy()
  }

  const waitFor = async (
    open: OpenRequest,
    facts: RequestFacts,
    decision: Promise<Decision>,
  ): Promise<void> => {
    try {
      conclude(open, facts, await decision)
    } catch (cause) {
      fail(open, cause)
    }
  }

  return (open, facts) => {
    try {
      const decision = options.authorize(facts)
      if (decision instanceof Promise) void waitFor(open, facts, decision)
      else conclude(open, facts, decision)
    } catch (cause) {
      fail(open, cause)
    }
  }
}

const newExchange = (
  { request, response, requestId }: OpenRequest,
  facts: RequestFacts,
  cors: ServedCors | undefined,
  refuse: (denial: Denial) => void,
): Exchange => ({
  request,
  response,
  facts,
  requestId,
  refuse,
  dress: cors === undefined ? undefined : (lines) => cors.dress(lines, facts.rawHeaders),
  carrier: undefined,
  upstreamStartMs: undefined,
  upstreamEndMs: undefined,
})

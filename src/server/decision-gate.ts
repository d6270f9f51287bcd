// What a gate says to an edge proxy that asks for decisions only: everything there that depends on its
// configuration, and nothing of sockets.
import { extendedRequestId } from '../answers/request-ids.ts'
import type { Authorize, Decision, Permit } from '../authorize.ts'
import type { Answer } from '../core/answer.ts'
import { deny, type Denial } from '../core/denial.ts'
import type { Settings } from '../core/settings.ts'
import { createDecidedHeaders, type DecidedPermit } from '../identity/decided.ts'
import { viewRequest } from '../routing/request-view.ts'
import type { RouteTable } from '../routing/table.ts'
import { createAnswerRefusal, type SeenRequest } from './answer-refusal.ts'
import { createServedCors } from './cors.ts'

export interface DecisionGate {
  /** Judges an original request. A promise only when a key has to be fetched first. */
  readonly judge: Authorize
  /** 200 with every header of the gate's. */
  readonly permitted: (permit: GatePermit, seen: SeenRequest) => Answer
  /** The answer that the data listener would give. */
  readonly refused: (denial: Denial, seen: SeenRequest) => Answer
}

/** What a permit's answer is made from. */
export type GatePermit = DecidedPermit & Pick<Permit, 'route' | 'target'>

export interface DecisionGateOptions {
  readonly settings: Settings
  readonly table: RouteTable
  readonly authorize: Authorize
}

/** Makes it from the same pipeline and settings that requests are judged by. */
export const createDecisionGate = (options: DecisionGateOptions): DecisionGate => {
  const { settings, authorize } = options
  const headers = createDecidedHeaders(settings, options.table.routes)
  const answer = createAnswerRefusal(settings)
  const cors = createServedCors(settings)

  return {
    judge: (facts) => {
      // The gate cannot remove it there, and what is behind the proxy might read it as the gate's.
      if (facts.rawHeaders.some((name, index) => index % 2 === 0 && headers.isAlias(name))) {
        return { kind: 'refused', denial: deny('header_aliased'), route: undefined }
      }
      // Whoever forwards it next would drop what the gate is about to say (CVE-2021-32813).
      for (const option of facts.connectionOptions ?? []) {
        if (headers.isOwn(option))
          return { kind: 'refused', denial: dropsIdentity, route: undefined }
      }
      const decision = authorize(facts)
      return decision instanceof Promise ? decision.then(withoutMock) : withoutMock(decision)
    },
    permitted: (permit, seen) => {
      const { facts, requestId, atMs } = seen
      const { route, target } = permit
      const lines = headers.lines(permit, (claim) =>
        viewRequest(
          {
            facts,
            target,
            route,
            requestId,
            extendedRequestId: extendedRequestId(requestId),
            atMs,
          },
          settings,
          claim,
        ),
      )
      return { status: 200, headers: [...lines, 'Cache-Control', 'no-store'], body: '' }
    },
    refused: (denial, seen) => {
      const plain = answer(denial, seen)
      return cors === undefined
        ? plain
        : { ...plain, headers: cors.dress(plain.headers, seen.facts?.rawHeaders ?? []) }
    },
  }
}

const dropsIdentity = deny('request_malformed', { cause: 'Connection names an identity header' })

/** A mock answers in the service's place, and an edge proxy would forward what is permitted. */
const withoutMock = (decision: Decision): Decision =>
  decision.kind === 'refused' || decision.route.mock === undefined
    ? decision
    : { kind: 'refused', denial: deny('route_denied'), route: decision.route }

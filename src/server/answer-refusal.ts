// From a refused request to its answer: hands the answers what they may show of the request, as far
// as it was read. The parts are taken apart only if an answer asks for one.
import { createAnswers, type AnswerSettings } from '../answers/answers.ts'
import { extendedRequestId } from '../answers/request-ids.ts'
import type { Answer } from '../core/answer.ts'
import { isDenial, type Denial } from '../core/denial.ts'
import type { RequestView } from '../core/expression.ts'
import type { RequestFacts } from '../core/request.ts'
import type { Route } from '../core/route.ts'
import type { Settings } from '../core/settings.ts'
import { viewRequest, type ViewSettings } from '../routing/request-view.ts'
import { parseTarget } from '../routing/target.ts'

/** A request as far as it was read before it was refused. */
export interface SeenRequest {
  readonly requestId: string
  /** When it came: milliseconds since the epoch. */
  readonly atMs: number
  /** Undefined when its head was refused, or never came. */
  readonly facts: RequestFacts | undefined
  readonly route: Route | undefined
}

/** The answer to a refused request. Never throws. */
export type AnswerRefusal = (denial: Denial, seen: SeenRequest) => Answer

export type AnswerRefusalSettings = AnswerSettings & ViewSettings & Pick<Settings, 'basePath'>

/** Made once for a gate: REST or HTTP, with the gateway responses compiled. */
export const createAnswerRefusal = (settings: AnswerRefusalSettings): AnswerRefusal => {
  const answer = createAnswers(settings)
  return (denial, seen) => {
    const { requestId, route } = seen
    return answer(denial, { requestId, route, view: () => viewSeen(seen, settings) })
  }
}

const viewSeen = (seen: SeenRequest, settings: AnswerRefusalSettings): RequestView => {
  const { facts, route, requestId, atMs } = seen
  const parsed = facts === undefined ? undefined : parseTarget(facts.target, settings.basePath)
  const target = parsed === undefined || isDenial(parsed) ? undefined : parsed
  const ids = { requestId, extendedRequestId: extendedRequestId(requestId) }
  return viewRequest({ facts, target, route, ...ids, atMs }, settings)
}

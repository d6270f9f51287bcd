// CORS on the data listener: preflights are answered before any route is looked for, and every answer
// tells a browser whether its page may read it. A preflight reaches no upstream and needs no token.
import { createCors, type Cors } from '../answers/cors.ts'
import { requestIdHeaders } from '../answers/request-ids.ts'
import type { Answer } from '../core/answer.ts'
import { isDenial } from '../core/denial.ts'
import type { RequestFacts } from '../core/request.ts'
import type { Settings } from '../core/settings.ts'
import { parseTarget } from '../routing/target.ts'

export interface ServedCors extends Pick<Cors, 'dress'> {
  /**
   * The answer to a preflight. Undefined for all other requests, and for a target that is ambiguous
   * or outside the base path: what these get is said where all targets are judged.
   */
  readonly preflight: (facts: RequestFacts, requestId: string) => Answer | undefined
}

/** Makes it from the settings; undefined when CORS is left to the upstream. */
export const createServedCors = ({
  cors: settings,
  basePath,
  apiType,
}: Pick<Settings, 'cors' | 'basePath' | 'apiType'>): ServedCors | undefined => {
  if (settings === undefined) return undefined
  const cors = createCors(settings)
  return {
    dress: cors.dress,
    preflight: (facts, requestId) => {
      const lines = cors.preflight(facts)
      if (lines === undefined || isDenial(parseTarget(facts.target, basePath))) return undefined
      return { status: 204, headers: [...lines, ...requestIdHeaders(apiType, requestId)], body: '' }
    },
  }
}

// An answer the gate gives itself, as data, and what it may depend on. answers/ makes it, server/
// writes it.
import type { Denial } from './denial.ts'
import type { RequestView } from './expression.ts'
import type { Route } from './route.ts'

export interface Answer {
  readonly status: number
  /** Header lines, flat: name, value, name, value… without framing headers. */
  readonly headers: readonly string[]
  readonly body: string
}

/** What an answer may tell besides the refusal itself. */
export interface AnswerContext {
  readonly requestId: string
  /** Undefined when none was matched. */
  readonly route: Route | undefined
  /** Makes the view of the request, for the few answers that show a part of it. */
  readonly view: () => RequestView
}

/** Answers a refusal. Never throws. */
export type AnswerDenial = (denial: Denial, context: AnswerContext) => Answer

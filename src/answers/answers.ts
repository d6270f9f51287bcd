// The door to the answers: those of a REST API with its gateway responses, or those of an HTTP API.
import type { AnswerDenial } from '../core/answer.ts'
import type { Settings } from '../core/settings.ts'
import { httpAnswer } from './http.ts'
import { createRestAnswers } from './rest.ts'

/** The part of the settings that answers depend on. */
export type AnswerSettings = Pick<Settings, 'apiType' | 'gatewayResponses'> & {
  readonly limits: Pick<Settings['limits'], 'maxBodyBytes'>
}

/** What answers every refusal. Made once: gateway responses are compiled here. */
export const createAnswers = (settings: AnswerSettings): AnswerDenial =>
  settings.apiType === 'REST' ? createRestAnswers(settings) : httpAnswer

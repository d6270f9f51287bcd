// Settings of a gate whose answers are all built-in, for tests to vary.
import type { AnswerRefusalSettings } from '../../src/server/answer-refusal.ts'

/** A REST API whose answers are all built-in. */
export const answerSettings = {
  apiType: 'REST',
  basePath: '',
  stage: '',
  limits: { maxBodyBytes: 0 },
  gatewayResponses: {},
} as const satisfies AnswerRefusalSettings

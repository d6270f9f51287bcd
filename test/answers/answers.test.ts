import t from 'tap'
import { createAnswers } from '../../src/answers/answers.ts'
import { httpAnswer } from '../../src/answers/http.ts'
import { createRestAnswers } from '../../src/answers/rest.ts'
import { deny, denialCodes } from '../../src/core/denial.ts'
import { contextOf } from '../helpers/answer-context.ts'

const settings = {
  limits: { maxBodyBytes: 7 },
  gatewayResponses: {
    ACCESS_DENIED: { status: 404, headers: [], templates: [] },
  },
}

t.test('the answers are those of the API type', async (t) => {
  const rest = createAnswers({ ...settings, apiType: 'REST' })
  const http = createAnswers({ ...settings, apiType: 'HTTP' })
  const wanted = createRestAnswers(settings)
  for (const code of denialCodes) {
    t.strictSame(rest(deny(code), contextOf({})), wanted(deny(code), contextOf({})), code)
    t.strictSame(http(deny(code), contextOf({})), httpAnswer(deny(code), contextOf({})), code)
  }
})

t.test('gateway responses and limits are taken from the settings', async (t) => {
  const rest = createAnswers({ ...settings, apiType: 'REST' })
  t.equal(rest(deny('route_denied'), contextOf({})).status, 404)
  t.match(rest(deny('body_too_large'), contextOf({})).body, 'exceeded 7 bytes')
})

import t from 'tap'
import { createStage } from '../../src/demo/stage.ts'
import { tourSteps } from '../../src/demo/steps.ts'

t.test('the tour shows every kind of answer, each under its own title', async (t) => {
  const stage = await createStage('0')
  t.teardown(() => stage.close())
  const steps = tourSteps(stage)
  t.equal(new Set(steps.map(({ title }) => title)).size, steps.length)
  const denials = new Set(steps.map(({ want }) => ('denial' in want ? want.denial : 'passed')))
  for (const code of [
    'passed',
    'token_missing',
    'token_expired',
    'signature_invalid',
    'issuer_mismatch',
    'client_mismatch',
    'token_use_mismatch',
    'scope_insufficient',
    'group_insufficient',
    'no_route',
    'route_denied',
    'target_ambiguous',
  ]) {
    t.ok(denials.has(code), code)
  }
})

import t from 'tap'
import { createStage } from '../../src/demo/stage.ts'
import { visit } from '../../src/demo/tour.ts'

t.test('a visit compares the answer, the denial and what the service saw', async (t) => {
  const stage = await createStage('0')
  t.teardown(() => stage.close())
  const step = { title: 'x', method: 'GET', path: '/health', headers: ['X-A', '1'] }
  const headers = ['Authorization', stage.pool.idToken({ sub: 's' })]
  const cases = [
    { step: { ...step, want: { status: 200, sees: { 'x-a': '1' } } }, good: true },
    { step: { ...step, want: { status: 200, sees: { 'x-a': '2' } } }, good: false },
    { step: { ...step, want: { status: 200, sees: { 'x-a': undefined } } }, good: false },
    { step: { ...step, want: { status: 401, denial: 'token_missing' } }, good: false },
    {
      step: { ...step, path: '/profile', want: { status: 401, denial: 'token_missing' } },
      good: true,
    },
    {
      step: { ...step, path: '/profile', want: { status: 401, denial: 'token_expired' } },
      good: false,
    },
    { step: { ...step, path: '/profile', want: { status: 200, sees: {} } }, good: false },
    {
      step: { ...step, path: '/internal/x', want: { status: 403, denial: 'route_denied' } },
      good: true,
    },
    {
      step: {
        ...step,
        path: '/profile',
        headers,
        want: { status: 200, sees: { 'x-claim-sub': 's' } },
      },
      good: true,
    },
  ] as const
  for (const { step, good } of cases) {
    const { asExpected } = await visit(stage, step)
    t.equal(asExpected, good, `${step.path} ${JSON.stringify(step.want)}`)
  }
  const refused = await visit(stage, {
    ...step,
    path: '/internal/x',
    want: { status: 403, denial: 'x' },
  })
  t.equal(refused.message, 'User is not authorized to access this resource')
})

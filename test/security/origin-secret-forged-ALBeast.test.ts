// An upstream that can be reached past the gate must be able to tell: it asks for a secret that the
// gate adds (`upstream.headers`). A client can neither send it, have it dropped, nor see it (ALBeast,
// Miggo 2024; AWS: "Security best practices when using ALB authentication").
import t from 'tap'
import { strike, ways } from '../helpers/attack.ts'
import { requestText, startGate, usualRoutes, valuesOf } from '../helpers/gate.ts'

const gate = await startGate(
  t,
  `upstream: { url: 'http://UPSTREAM', headers: { X-Origin-Secret: s3cret } }\n${usualRoutes}`,
)

t.test("the upstream gets the gate's secret, and no other", async (t) => {
  const lines = [
    'X-Origin-Secret: guess',
    'x-origin-secret: s3cret',
    'X_Origin_Secret: guess',
    'X.Origin~Secret: guess',
    'Connection: X-Origin-Secret',
  ]
  for (const { name, text } of ways) {
    for (const given of [[], lines]) {
      const { status, reached } = await strike(gate, text('/public/x', given))
      t.equal(status, 200, name)
      t.strictSame(valuesOf(reached, 'X-Origin-Secret'), ['s3cret'], name)
      t.notMatch(reached, /guess/, name)
    }
  }
})

t.test('no client gets to see it', async (t) => {
  const trace = await strike(gate, requestText('TRACE /public/x'))
  t.match(trace, { status: 403, reached: '' })
  const answers = await Promise.all(
    ['/protected', '/denied', '/nothing', '/public/../x'].map((target) =>
      gate.exchange(requestText(`GET ${target}`)),
    ),
  )
  t.notMatch(answers.join() + gate.logged.join(), /s3cret/)
})

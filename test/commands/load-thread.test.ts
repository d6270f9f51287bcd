import { join } from 'node:path'
import t from 'tap'
import { hasProblems, loadConfiguration } from '../../src/commands/configuration.ts'
import { loadOnThread } from '../../src/commands/load-thread.ts'

t.test('it loads, and tells what it read', async (t) => {
  const text = `
upstream: { url: 'http://127.0.0.1:9' }
routes: [{ path: /a, method: GET, authorizationType: NONE }]
`
  const folder = t.testdir({ good: text, bad: 'a: 1' })
  const [good, bad] = [join(folder, 'good'), join(folder, 'bad')]
  const first = await loadConfiguration(good, { env: {} })
  if (hasProblems(first)) throw new Error(JSON.stringify(first))
  const inForce = first.settings
  t.strictSame(await loadOnThread({ file: good, env: {}, inForce }), {
    loaded: inForce,
    files: [good],
  })
  const { loaded } = await loadOnThread({ file: bad, env: {}, inForce })
  t.match(loaded, [{ path: 'a' }])
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createLiveDenyList } from '../../src/gate/live-deny-list.ts'
import { systemClock } from '../../src/observe/clock.ts'
import { identity } from '../helpers/authorizing.ts'
import { until } from '../helpers/shell.ts'
import { silent } from './building.ts'

const token = (value: string) => ({ claim: 'sub', value, issuer: undefined }) as const
const text = (value: string) => JSON.stringify([{ claim: 'sub', value }])

t.test('the list of another file takes the place of the one in force', async (t) => {
  const folder = t.testdir({ one: text('a'), two: text('b') })
  const [one, two] = [join(folder, 'one'), join(folder, 'two')]
  let changes = 0
  const outcomes: string[] = []
  const list = createLiveDenyList(
    { path: one, tokens: [token('a')] },
    {
      clock: systemClock,
      log: silent,
      recorder: { reloaded: (...event) => void outcomes.push(event.slice(0, 2).join(' ')) },
      onChange: () => void (changes += 1),
    },
  )
  list.start()
  t.teardown(list.stop)
  const { isRevoked } = list
  const denied = () => ['a', 'b', 'c'].filter((sub) => isRevoked(identity({ claims: { sub } })))
  t.strictSame(denied(), ['a'])
  list.use({ path: one, tokens: [] })
  t.strictSame(denied(), ['a'], 'the same file has a watch of its own')
  list.use({ path: two, tokens: [token('b')] })
  t.strictSame(denied(), ['b'])
  t.equal(changes, 1)
  writeFileSync(two, text('c'))
  list.reread()
  await until(() => changes === 2)
  t.strictSame(denied(), ['c'])
  writeFileSync(two, 'broken')
  list.reread()
  await until(() => outcomes.includes('denyList failed'))
  t.strictSame(denied(), ['c'], 'the last good one')
  outcomes.splice(0)
  writeFileSync(two, text('c'))
  list.reread()
  await until(() => outcomes.includes('denyList success'))
  list.use({ path: undefined, tokens: [] })
  t.strictSame(denied(), [])
  list.reread()
})

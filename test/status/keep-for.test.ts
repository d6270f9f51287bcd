import t from 'tap'
import { keepFor } from '../../src/status/keep-for.ts'
import { createManualTime } from '../helpers/manual-time.ts'

t.test('what was made lately is given again, however many ask', async (t) => {
  const { clock, advance } = createManualTime()
  let made = 0
  const make = keepFor(500, clock, async () => {
    made += 1
    return made
  })
  t.strictSame(await Promise.all([make(), make(), make()]), [1, 1, 1])
  await advance(499)
  t.equal(await make(), 1)
  await advance(1)
  t.equal(await make(), 2)
})

t.test('so is a failure', async (t) => {
  const { clock, advance } = createManualTime()
  let made = 0
  const make = keepFor(500, clock, async () => {
    made += 1
    if (made === 1) throw new Error('down')
    return made
  })
  await t.rejects(make(), { message: 'down' })
  await t.rejects(make(), { message: 'down' })
  await advance(500)
  t.equal(await make(), 2)
})

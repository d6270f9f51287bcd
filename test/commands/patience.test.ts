import { setTimeout as after } from 'node:timers/promises'
import t from 'tap'
import { withPatience } from '../../src/commands/patience.ts'

t.test('what takes over a second is told once, and what does not is not', async (t) => {
  let told = 0
  const tell = (): void => void (told += 1)
  t.equal(await withPatience(Promise.resolve('quick'), tell), 'quick')
  await t.rejects(withPatience(Promise.reject(new Error('no')), tell), { message: 'no' })
  t.equal(told, 0)
  const slow = new Promise((resolve) => {
    const look = async (): Promise<void> => {
      while (told === 0) await after(20)
      resolve('slow')
    }
    void look()
  })
  t.equal(await withPatience(slow, tell), 'slow')
  t.equal(told, 1)
})

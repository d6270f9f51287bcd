import t from 'tap'
import { createFetchLoop } from '../../src/token/fetch-loop.ts'
import { createManualTime, settled } from '../helpers/manual-time.ts'

interface Flight {
  readonly land: (value: string) => void
  readonly crash: (error: unknown) => void
}

const setUp = (random = 0) => {
  const time = createManualTime()
  const flights: Flight[] = []
  const landings: unknown[] = []
  const loop = createFetchLoop<string>({
    ...time,
    random: () => random,
    refreshMs: 100_000,
    patienceMs: 1500,
    load: () => new Promise((land, crash) => void flights.push({ land, crash })),
    landed: (outcome, ms, previousFailures) =>
      void landings.push([outcome.ok ? outcome.value : outcome.error, ms, previousFailures]),
  })
  return { time, flights, landings, loop }
}

t.test('a loop fetches at its start and again after the refresh time', async (t) => {
  const { time, flights, landings, loop } = setUp()
  t.equal(flights.length, 0)
  loop.start()
  t.ok(loop.inFlight())
  t.equal(loop.waitMs(), 0)
  await time.advance(30)
  flights[0]?.land('a')
  await settled()
  t.strictSame(landings, [['a', 30, 0]])
  t.notOk(loop.inFlight())
  t.equal(loop.waitMs(), 100_000)
  t.strictSame(time.waiting(), [100_000])
  await time.advance(100_000)
  t.equal(flights.length, 2)
})

t.test(
  'failures are retried with back-off from half a second to a minute, and a success ends it',
  async (t) => {
    const { time, flights, landings, loop } = setUp()
    loop.start()
    const waits: number[] = []
    for (let failure = 0; failure < 10; failure += 1) {
      flights.at(-1)?.crash('down')
      await settled()
      waits.push(loop.waitMs())
      await time.advance(loop.waitMs())
    }
    t.strictSame(waits, [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
    t.equal(loop.failures(), 10)
    t.equal(loop.lastError(), 'down')
    flights.at(-1)?.land('b')
    await settled()
    t.equal(loop.failures(), 0)
    t.equal(loop.lastError(), undefined)
    t.strictSame(landings.at(-1), ['b', 0, 10])
  },
)

t.test('fetches are spread over time', async (t) => {
  const { time, flights, loop } = setUp(0.999)
  loop.start()
  flights[0]?.crash('down')
  await settled()
  t.equal(loop.waitMs(), 499.75)
  await time.advance(500)
  flights[1]?.land('a')
  await settled()
  t.equal(Math.round(loop.waitMs()), 90_010)
})

t.test(
  'there is one flight at a time, and its passengers wait for its end or for their patience',
  async (t) => {
    const { time, flights, loop } = setUp()
    let arrived = 0
    const wait = () => void loop.fetch().then(() => (arrived += 1))
    loop.start()
    wait()
    wait()
    await time.advance(1499)
    t.strictSame([flights.length, arrived], [1, 0])
    await time.advance(1)
    t.strictSame([flights.length, arrived], [1, 2], 'patience is over, the flight is not')
    wait()
    await settled()
    t.strictSame([flights.length, arrived], [1, 3])
    flights[0]?.land('a')
    await settled()
    wait()
    t.equal(flights.length, 2)
    flights[1]?.land('b')
    await settled()
    t.equal(arrived, 4)
    t.equal(time.waiting().length, 1, 'one timer is left, for the refresh')
  },
)

t.test('a stopped loop starts nothing, and a flight of before lands nowhere', async (t) => {
  const { time, flights, landings, loop } = setUp()
  await loop.fetch()
  t.equal(flights.length, 0, 'not before the start')
  loop.start()
  loop.stop()
  await loop.fetch()
  loop.start()
  t.equal(flights.length, 2)
  flights[1]?.land('new')
  await settled()
  flights[0]?.land('old')
  await settled()
  t.strictSame(landings, [['new', 0, 0]])
  loop.stop()
  t.strictSame(time.waiting(), [])
})

t.test('a loader that throws at once has failed', async (t) => {
  const landings: unknown[] = []
  const loop = createFetchLoop({
    ...createManualTime(),
    random: Math.random,
    refreshMs: 1,
    patienceMs: 1,
    load: () => {
      throw new Error('at once')
    },
    landed: ({ ok }) => void landings.push(ok),
  })
  loop.start()
  await settled()
  t.strictSame(landings, [false])
})

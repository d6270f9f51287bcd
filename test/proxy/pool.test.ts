// Which connections there are and which are free.
import t from 'tap'
import type { Connection, OpenConnection } from '../../src/proxy/connection.ts'
import { Deadline } from '../../src/proxy/deadline.ts'
import { createPool } from '../../src/proxy/pool.ts'

interface Opened {
  readonly connection: Connection
  readonly disconnect: () => void
  ended: number
}

/** Opens connections that go nowhere; the test says when one is closed. */
const createFakeOpener = (): { readonly open: OpenConnection; readonly opened: Opened[] } => {
  const opened: Opened[] = []
  const open: OpenConnection = (onDisconnect) => {
    let connected = true
    const record: Opened = {
      connection: {
        dispatch: () => undefined,
        used: () => false,
        markUsed: () => undefined,
        deadline: new Deadline(),
        connected: () => connected,
        end: async () => {
          record.ended += 1
        },
      },
      disconnect: () => {
        connected = false
        onDisconnect(record.connection)
      },
      ended: 0,
    }
    opened.push(record)
    return record.connection
  }
  return { open, opened }
}

t.test('connections are opened up to the limit, and taken again last in, first out', async (t) => {
  const { open, opened } = createFakeOpener()
  const pool = createPool(open, { maxConnections: 2 })
  const [first, second, third] = [pool.take(), pool.take(), pool.take()]
  t.strictSame([opened.length, third], [2, undefined])
  pool.give(first!)
  pool.give(second!)
  t.equal(pool.take(), second)
  t.equal(pool.take(), first)
  t.equal(pool.take(), undefined)
})

t.test('one that was closed while free makes place for another', async (t) => {
  const { open, opened } = createFakeOpener()
  const pool = createPool(open, { maxConnections: 1 })
  pool.give(pool.take()!)
  opened[0]!.disconnect()
  t.equal(pool.take(), opened[1]!.connection)
  opened[1]!.disconnect()
  t.equal(pool.take(), undefined, 'one in use keeps its place: it connects again')
})

t.test('one that is given back closed is not kept', async (t) => {
  const { open, opened } = createFakeOpener()
  const pool = createPool(open, { maxConnections: 1 })
  const connection = pool.take()!
  opened[0]!.disconnect()
  pool.give(connection)
  t.equal(opened[0]!.ended, 1)
  t.equal(pool.take(), opened[1]!.connection)
})

t.test('one can be dropped, once, or be renewed in its place', async (t) => {
  const { open, opened } = createFakeOpener()
  const pool = createPool(open, { maxConnections: 1 })
  const renewed = pool.renew(pool.take()!)
  t.equal(renewed, opened[1]!.connection)
  t.equal(pool.take(), undefined)
  pool.drop(renewed)
  pool.drop(renewed)
  t.strictSame(
    opened.map(({ ended }) => ended),
    [1, 1],
  )
  t.equal(pool.take(), opened[2]!.connection)
})

t.test('all are closed at the end', async (t) => {
  const { open, opened } = createFakeOpener()
  const pool = createPool(open, { maxConnections: 3 })
  pool.give(pool.take()!)
  pool.take()
  pool.take()
  await pool.close()
  t.strictSame(
    opened.map(({ ended }) => ended),
    [1, 1],
  )
})

t.test('how many are taken is known, through renewal and loss', async (t) => {
  const { open, opened } = createFakeOpener()
  const pool = createPool(open, { maxConnections: 3 })
  t.equal(pool.taken(), 0)
  const first = pool.take()!
  const second = pool.take()!
  t.equal(pool.taken(), 2)
  pool.give(first)
  t.equal(pool.taken(), 1)
  opened[0]!.disconnect()
  t.equal(pool.taken(), 1, 'a free one is gone')
  const third = pool.renew(second)
  t.equal(pool.taken(), 1)
  pool.drop(third)
  t.equal(pool.taken(), 0)
})

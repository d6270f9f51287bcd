import t from 'tap'
import { createMouth } from '../../src/proxy/websocket-mouth.ts'
import { until } from '../helpers/raw-upstream.ts'

const setUp = () => {
  const mouth = createMouth()
  const came: string[] = []
  const connect = () =>
    mouth.connect({
      onBytes: (chunk, done) => {
        came.push(chunk.toString())
        done()
      },
      onEnd: () => came.push('END'),
      onWanted: () => came.push('WANTED'),
    })
  return { mouth, came, connect }
}

t.test('the head is dropped, what follows is passed, the end is told', async (t) => {
  const { mouth, came, connect } = setUp()
  connect()
  mouth.stream.write('HTTP/1.1 101 X\r\n\r\n')
  mouth.stream.write('a')
  mouth.stream.end('b')
  await until(() => came.includes('END'))
  t.strictSame(came, ['a', 'b', 'END'])
})

t.test('without a side everything is dropped', async (t) => {
  const { mouth } = setUp()
  mouth.stream.write('a')
  mouth.stream.write('b')
  mouth.stream.end()
  await until(() => mouth.stream.writableFinished)
  mouth.stream.resume()
  const deaf = createMouth()
  deaf.connect({ onBytes: () => undefined, onEnd: () => undefined })
  deaf.stream.resume()
  await until(() => mouth.stream.readableFlowing === true)
  mouth.stream.destroy(new Error('nobody listens'))
  t.equal(mouth.push(Buffer.from('x')), true, 'and so is what is pushed once it is destroyed')
})

t.test('what is pushed can be read, with back-pressure, until the end', async (t) => {
  const { mouth, came, connect } = setUp()
  connect()
  t.equal(mouth.push(Buffer.alloc(1_000_000)), false)
  const read: Buffer[] = []
  mouth.stream.on('data', (chunk: Buffer) => read.push(chunk))
  await until(() => came.includes('WANTED'))
  mouth.end()
  mouth.end()
  t.equal(mouth.push(Buffer.from('late')), true)
  await until(() => mouth.stream.readableEnded)
  t.equal(Buffer.concat(read).length, 1_000_000)
})

t.test('it takes the calls that http-proxy makes on a socket', async (t) => {
  const { mouth } = setUp()
  const socket = mouth.stream as unknown as Record<string, (value: unknown) => unknown>
  for (const name of ['setTimeout', 'setNoDelay', 'setKeepAlive']) {
    t.equal(socket[name]!(0), mouth.stream, name)
  }
})

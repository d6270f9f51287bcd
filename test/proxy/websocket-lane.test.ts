import t from 'tap'
import { closeFrame, pingFrame } from '../../src/proxy/websocket-frames.ts'
import { createLane } from '../../src/proxy/websocket-lane.ts'
import { close, createFrameReader, frame, opcode } from '../helpers/raw-websocket.ts'
import { createSeededRandom } from '../helpers/seeded-random.ts'

const setUp = (flows: () => boolean = () => true) => {
  const written: Buffer[] = []
  const events: string[] = []
  const lane = createLane({
    sender: 'server',
    write: (bytes) => {
      written.push(Buffer.from(bytes))
      return flows()
    },
    onClose: () => void events.push('close'),
    onActivity: () => void events.push('active'),
  })
  const opcodes = () => createFrameReader()(Buffer.concat(written)).map((each) => each.opcode)
  return { lane, events, opcodes, text: () => Buffer.concat(written), written }
}

const text = frame(opcode.text, 'hello')
const gateClose = closeFrame('server', 1001, '')

t.test('bytes pass as they come, many frames in one piece', async (t) => {
  const { lane, written } = setUp()
  const chunk = Buffer.concat([text, text, text.subarray(0, 3)])
  t.equal(lane.feed(chunk), 'flow')
  t.equal(lane.feed(text.subarray(3)), 'flow')
  t.strictSame(written, [chunk, text.subarray(3)])
  t.equal(lane.bytes(), 21)
  t.ok(lane.between())
})

t.test('the wish for a pause is passed on', async (t) => {
  const { lane } = setUp(() => false)
  t.equal(lane.feed(text), 'pause')
  lane.inject(pingFrame('server'))
  t.equal(lane.feed(close(1000)), 'pause')
})

t.test('a control frame goes between frames: at once, or after the current one', async (t) => {
  const { lane, opcodes, text: bytes } = setUp()
  lane.inject(pingFrame('server'))
  t.strictSame(opcodes(), [9])
  lane.feed(text.subarray(0, 4))
  lane.inject(pingFrame('server'))
  t.ok(lane.waiting())
  t.strictSame(opcodes(), [9])
  lane.feed(Buffer.concat([text.subarray(4), text]))
  t.notOk(lane.waiting())
  t.strictSame(opcodes(), [9, 1, 9, 1])
  t.strictSame(bytes().subarray(2, 9), text)
})

t.test("after the gate's Close nothing passes, but the sender's Close is still seen", async (t) => {
  const { lane, opcodes, events } = setUp()
  lane.feed(text.subarray(0, 4))
  lane.close(gateClose)
  t.notOk(lane.closed(), 'it waits')
  lane.feed(Buffer.concat([text.subarray(4), text]))
  t.ok(lane.closed())
  lane.close(gateClose)
  lane.inject(pingFrame('server'))
  lane.feed(Buffer.concat([text, close(1000), text]))
  lane.feed(text)
  t.strictSame(opcodes(), [1, 8])
  t.equal(events.filter((event) => event === 'close').length, 1)
})

t.test("the sender's Close passes once, and nothing after it", async (t) => {
  const { lane, opcodes, events } = setUp()
  lane.feed(close(1000).subarray(0, 1))
  lane.close(gateClose)
  lane.feed(Buffer.concat([close(1000).subarray(1), text, close(1000)]))
  t.strictSame(opcodes(), [8], "the gate's own would come second")
  t.strictSame(events, ['active', 'active', 'close'])
  t.ok(lane.closed())
})

t.test('a Pong is no activity', async (t) => {
  const { lane, events } = setUp()
  lane.feed(frame(opcode.pong, 'x'))
  t.strictSame(events, [])
  lane.feed(frame(opcode.ping, ''))
  t.strictSame(events, ['active'])
})

t.test('of a chunk that is broken nothing passes', async (t) => {
  const { lane, written } = setUp()
  t.equal(lane.feed(Buffer.concat([text, frame(1, 'x', { masked: true })])), 'broken')
  t.strictSame(written, [])
})

t.test('whatever the cuts and whenever it is put in, every frame stays whole', async (t) => {
  const random = createSeededRandom()
  for (let round = 0; round < 300; round += 1) {
    const { lane, text: bytes } = setUp()
    const frames = Array.from({ length: 6 }, () =>
      frame(random.pick([1, 2, 9, 10]), Buffer.alloc(random.below(120), 1)),
    )
    const all = Buffer.concat(frames)
    let pings = 0
    for (let start = 0; start < all.length;) {
      const end = start + 1 + random.below(60)
      lane.feed(all.subarray(start, end))
      start = end
      if (random.below(3) !== 0) continue
      lane.inject(Buffer.of(0x89, 4, 0x67, 0x61, 0x74, 0x65))
      pings += 1
    }
    const seen = createFrameReader()(bytes())
    const own = seen.filter(({ payload }) => payload.toString() === 'gate')
    const rest = seen.filter(({ payload }) => payload.toString() !== 'gate')
    const passed = rest.map((each) => frame(each.opcode, each.payload))
    if (own.length !== pings || !Buffer.concat(passed).equals(all)) t.fail(`seed ${random.seed}`)
  }
})

import t from 'tap'
import {
  closeCodes,
  closeFrame,
  createFrameTracker,
  opcodes,
  pingFrame,
} from '../../src/proxy/websocket-frames.ts'
import { bigLength, createFrameReader, frame } from '../helpers/raw-websocket.ts'
import { createSeededRandom } from '../helpers/seeded-random.ts'

const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000]

t.test('the ends of frames are found, however the bytes are cut', async (t) => {
  const random = createSeededRandom()
  for (const sender of ['client', 'server'] as const) {
    for (let round = 0; round < 100; round += 1) {
      const masked = sender === 'client'
      const frames = Array.from({ length: 5 }, () => {
        const isControl = random.below(4) === 0
        const opcode = isControl ? random.pick([8, 9, 10]) : random.pick([0, 1, 2, 3])
        const length = isControl ? random.below(126) : random.pick(lengths)
        const first = opcode | (isControl ? 0x80 : random.pick([0, 0x80, 0xc0, 0xf0]))
        return { opcode, bytes: frame(opcode, Buffer.alloc(length, 7), { masked, first }) }
      })
      const all = Buffer.concat(frames.map(({ bytes }) => bytes))
      const tracker = createFrameTracker(sender)
      const found: [number, number][] = []
      for (let start = 0; start < all.length;) {
        const chunk = all.subarray(start, start + 1 + random.below(random.pick([2, 20, 100_000])))
        for (let offset = 0; offset < chunk.length;) {
          offset = tracker.advance(chunk, offset)
          if (offset === -1) throw new Error(`seed ${random.seed}`)
          if (tracker.between()) found.push([start + offset, tracker.opcode()])
        }
        start += chunk.length
      }
      let end = 0
      const want = frames.map(({ opcode, bytes }) => [(end += bytes.length), opcode])
      if (JSON.stringify(found) !== JSON.stringify(want))
        t.strictSame(found, want, `${random.seed}`)
    }
  }
})

t.test('bytes that are no frame are told', async (t) => {
  const cases = [
    { name: 'a client without a mask', sender: 'client', given: frame(1, 'x') },
    { name: 'a server with a mask', sender: 'server', given: frame(1, 'x', { masked: true }) },
    { name: 'a fragmented Ping', sender: 'server', given: frame(9, '', { first: 9 }) },
    { name: 'a long Close', sender: 'server', given: frame(8, Buffer.alloc(126)) },
    {
      name: 'a length beyond 2^53',
      sender: 'server',
      given: Buffer.concat([Buffer.of(0x82, 127), bigLength(2 ** 53)]),
    },
    {
      name: 'a negative length',
      sender: 'server',
      given: Buffer.concat([Buffer.of(0x82, 127), Buffer.alloc(8, 0xff)]),
    },
  ] as const
  for (const { name, sender, given } of cases) {
    t.equal(createFrameTracker(sender).advance(given, 0), -1, name)
    const slow = createFrameTracker(sender)
    const outcomes = [...given].map((byte) => slow.advance(Buffer.of(byte), 0))
    t.ok(outcomes.includes(-1), `${name}, byte by byte`)
  }
  const most = Buffer.concat([Buffer.of(0x82, 127), bigLength(Number.MAX_SAFE_INTEGER)])
  const tracker = createFrameTracker('server')
  t.equal(tracker.advance(most, 0), most.length)
  t.notOk(tracker.between())
})

t.test('random bytes never make it throw or stand still', async (t) => {
  const random = createSeededRandom()
  for (let round = 0; round < 2000; round += 1) {
    const chunk = Buffer.from(Array.from({ length: 64 }, () => random.below(256)))
    const tracker = createFrameTracker(random.pick(['client', 'server']))
    for (let offset = 0; offset !== -1 && offset < chunk.length;) {
      const next = tracker.advance(chunk, offset)
      if (next !== -1 && next <= offset) throw new Error(`seed ${random.seed}`)
      offset = next
    }
  }
  t.pass()
})

t.test("the gate's own frames are whole, and masked as a client's", async (t) => {
  const text = 'token expired'
  const payload = Buffer.concat([Buffer.of(0x03, 0xf0), Buffer.from(text)])
  const { policyViolation } = closeCodes
  t.strictSame(createFrameReader()(closeFrame('server', policyViolation, text)), [
    { opcode: opcodes.close, fin: true, masked: false, payload },
  ])
  t.strictSame(createFrameReader()(closeFrame('client', policyViolation, text)), [
    { opcode: opcodes.close, fin: true, masked: true, payload },
  ])
  t.strictSame(pingFrame('server'), Buffer.of(0x89, 0))
  t.notSame(closeFrame('client', 1001, ''), closeFrame('client', 1001, ''), 'a mask of its own')
})

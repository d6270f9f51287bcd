// What the package ws tests of closing, pings and pongs (websockets/ws, test/websocket.test.js), as frames
// through the gate; each row is sent by either side.
import { frame, opcode, type Frame } from '../../helpers/raw-websocket.ts'

export interface FrameRow {
  readonly name: string
  /** In order. `first` overrides the first byte. */
  readonly sends: readonly Sent[]
}

export interface Sent {
  readonly code: number
  readonly payload: Buffer
  readonly fin?: boolean
}

/** As bytes: a client masks. */
export const bytesOf = ({ code, payload, fin = true }: Sent, masked: boolean): Buffer =>
  frame(code, payload, { masked, first: (fin ? 0x80 : 0) | code })

/** What the other side is to see of it. */
export const seenOf = ({ code, payload, fin = true }: Sent): Omit<Frame, 'masked'> => ({
  opcode: code,
  fin,
  payload,
})

const text = (payload: string, fin = true): Sent => ({
  code: opcode.text,
  payload: Buffer.from(payload),
  fin,
})
const more = (payload: string, fin = true): Sent => ({
  code: 0,
  payload: Buffer.from(payload),
  fin,
})
const ping = (payload: string): Sent => ({ code: opcode.ping, payload: Buffer.from(payload) })
const pong = (payload: string): Sent => ({ code: opcode.pong, payload: Buffer.from(payload) })
const closing = (code: number, reason = ''): Sent => ({
  code: opcode.close,
  payload: Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason)]),
})
const closingSilently: Sent = { code: opcode.close, payload: Buffer.alloc(0) }

const codes = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4000, 4999,
]

export const wsRows: readonly FrameRow[] = [
  ...codes.map((code) => ({ name: `#close: code ${code}`, sends: [closing(code)] })),
  { name: '#close: the reason is given', sends: [closing(1000, 'some reason')] },
  { name: '#close: a reason of 123 bytes', sends: [closing(1000, '\u00fc'.repeat(61) + 'x')] },
  { name: '#close: no status', sends: [closingSilently] },
  {
    name: '#close: what was sent before is delivered',
    sends: [text('foo'), text('bar'), text('x'.repeat(70_000)), closing(1000)],
  },
  { name: '#close: in the middle of a message', sends: [text('foo', false), closing(1001)] },
  { name: '#ping: without data', sends: [ping('')] },
  { name: '#ping: with data', sends: [ping('hi')] },
  { name: '#ping: a number', sends: [ping('0')] },
  { name: '#ping: of 125 bytes', sends: [ping('x'.repeat(125))] },
  {
    name: '#ping: in the middle of a message',
    sends: [text('foo', false), ping('hi'), more('bar', false), ping(''), more('baz')],
  },
  { name: '#ping: many', sends: Array.from({ length: 20 }, (_, index) => ping(`${index}`)) },
  { name: '#pong: without data, unasked', sends: [pong('')] },
  { name: '#pong: with data', sends: [pong('hi')] },
  { name: '#pong: of 125 bytes', sends: [pong('x'.repeat(125))] },
  { name: '#ping: and then a close', sends: [ping('hi'), closing(1000)] },
]

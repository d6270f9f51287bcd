// A connection, and then no answer, none that can be read, or half of one.
import { ok, type Arrival } from '../../helpers/raw-upstream.ts'
import { ends, get, noAnswer, post, resets, says, usual, type FaultRow } from './row.ts'

const unread = { client: [noAnswer], denial: 'upstream_broken' } as const
const reset = { ...unread, kind: 'reset' } as const
const garbled = { ...unread, kind: 'protocol' } as const

/** Answers what comes on a connection first; the next request on it meets a reset. */
const servesOnce = ({ socket, text }: Arrival): void => {
  if (text.split('\r\n\r\n').length === 2) socket.write(ok)
  else socket.resetAndDestroy()
}

const head = 'HTTP/1.1 200 OK\r\n'
const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`
const ofTen = `${head}Content-Length: 10\r\n\r\nhalf`

/** Before and in the head. */
export const headRows: readonly FaultRow[] = [
  { ...reset, name: 'a reset before the head', script: ({ socket }) => socket.resetAndDestroy() },
  { ...reset, name: 'an end before the head', script: ends },
  { ...reset, name: 'a reset in the head', script: says(`${head}Content-`, resets) },
  { ...reset, name: 'an end in the head', script: says(`${head}Content-`, ends) },
  { ...garbled, name: 'no HTTP', script: says('SSH-2.0-OpenSSH_9.6\r\n') },
  { ...garbled, name: 'a status that is no number', script: says('HTTP/1.1 abc OK\r\n\r\n') },
  { ...garbled, name: 'a status of two digits', script: says('HTTP/1.1 20 OK\r\n\r\n') },
  { ...garbled, name: 'a status that is none', script: says('HTTP/1.1 999 OK\r\n\r\n') },
  {
    ...garbled,
    name: 'a switch that nobody asked for',
    script: says('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
  },
  { ...garbled, name: 'a header with no colon', script: says(`${head}bad header\r\n\r\n`) },
  { ...garbled, name: 'NUL in a header', script: says(`${head}X-A: a\0b\r\n\r\n`) },
  {
    ...garbled,
    name: 'two lengths that differ',
    script: says(`${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\nok`),
  },
  {
    ...garbled,
    name: 'a length and chunks',
    script: says(`${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
  },
  {
    ...garbled,
    name: 'a length that is no number',
    script: says(`${head}Content-Length: x\r\n\r\n`),
  },
  {
    ...garbled,
    name: 'a head without an end, fast',
    script: says(`${head}${'X-More: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n'.repeat(2500)}`),
  },
  {
    name: 'a head without an end, slow',
    upstream: `${usual}, responseTimeoutMs: 300`,
    script: says(head, ({ socket }) => {
      const timer = setInterval(() => socket.write('X-More: x\r\n'), 20)
      socket.on('close', () => clearInterval(timer))
    }),
    client: ['504 {"message": "Endpoint request timed out"}'],
    denial: 'upstream_timeout',
    kind: 'timeout',
  },
]

/** After the head: the client has a part, and can tell that it is one. */
export const bodyRows: readonly FaultRow[] = [
  {
    ...reset,
    name: 'a reset in the body',
    script: says(ofTen, resets),
    client: ['broken 200 half'],
  },
  {
    ...reset,
    name: 'an end in the body: less than the length says',
    script: says(ofTen, ends),
    client: ['broken 200 half'],
  },
  {
    ...reset,
    name: 'an end between two chunks',
    script: says(chunked, ends),
    client: ['broken 200 4\r\nhalf\r\n'],
  },
  {
    ...reset,
    name: 'a reset between two chunks',
    script: says(chunked, resets),
    client: ['broken 200 4\r\nhalf\r\n'],
  },
  {
    ...reset,
    name: 'a reset in a body that only the end would end',
    script: says(`${head}\r\nhalf`, resets),
    client: ['broken 200 4\r\nhalf\r\n'],
  },
  {
    name: 'an end of a body that only the end ends: that is whole',
    script: says(`${head}\r\nwhole`, ends),
    client: ['200 whole'],
  },
  {
    ...reset,
    name: 'an end between two chunks, to a client of HTTP/1.0',
    script: says(chunked, ends),
    requests: ['GET /public/a HTTP/1.0\r\n\r\n'],
    client: ['broken 200 half'],
  },
  {
    ...garbled,
    name: 'a chunk that is none',
    script: says(`${chunked}zz\r\n`),
    client: ['broken 200 4\r\nhalf\r\n'],
  },
]

/** Nothing that a client would notice, or not on the first request. */
export const reuseRows: readonly FaultRow[] = [
  {
    name: 'more than the length says',
    script: says(`${ok}SURPLUS`),
    requests: [get, get],
    client: ['200 ok', '200 ok'],
  },
  {
    name: 'an answer that nobody asked for',
    script: says(`${ok}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged`),
    requests: [get, get],
    client: ['200 ok', '200 ok'],
  },
  {
    name: 'a reset of a kept connection: asked again, once',
    script: servesOnce,
    requests: [get, get],
    client: ['200 ok', '200 ok'],
    retries: 1,
  },
  {
    ...reset,
    name: 'the same, under a request with a body: not asked again',
    script: ({ socket, text }) => {
      if (text.startsWith('GET') && !text.includes('POST')) socket.write(ok)
      else socket.resetAndDestroy()
    },
    requests: [get, post],
    client: ['200 ok', noAnswer],
    retries: 0,
  },
  {
    ...reset,
    name: 'the same, in the middle of the answer: not asked again',
    script: (arrival) => {
      if (arrival.text.split('\r\n\r\n').length === 2) arrival.socket.write(ok)
      else says('HTTP/1.1 2', resets)(arrival)
    },
    requests: [get, get],
    client: ['200 ok', noAnswer],
    retries: 0,
  },
]

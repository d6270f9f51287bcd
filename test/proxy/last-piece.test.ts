// The end of an answer: the same bytes by either way.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { endWith } from '../../src/proxy/last-piece.ts'
import { dialRaw } from '../helpers/forwarding.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

const serve = async (t: Test, handler: Handler): Promise<number> => {
  const server = createServer({ keepAliveTimeout: 50 }, handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const request = (method = 'GET', rest = ''): string =>
  `${method} / HTTP/1.1\r\nHost: a\r\n${rest}\r\n`
const last = request('GET', 'Connection: close\r\n')

/** All that is answered to a pipeline of requests; the last one ends the connection. */
const answersTo = async (t: Test, port: number, ...requests: string[]): Promise<string> => {
  const client = dialRaw(t, port, requests.join(''))
  t.equal(await client.closed, 'end')
  return client.text()
}

const withoutDate = (text: string): string => text.replaceAll(/Date: [^\r]+\r\n/g, '')

const heads = [
  { status: 200, lines: ['Content-Length', '3'], text: 'b\xffd' },
  { status: 200, lines: ['Content-Length', '0'], text: '' },
  { status: 200, lines: ['Transfer-Encoding', 'chunked'], text: 'b\xffd' },
  { status: 204, lines: [], text: '' },
  { status: 304, lines: ['ETag', '"1"'], text: '' },
] as const

t.test('the bytes are those that Node writes by itself', async (t) => {
  for (const { status, lines, text } of heads) {
    for (const method of ['GET', 'HEAD']) {
      const ways: Handler[] = [
        (_, response) => endWith(response.writeHead(status, [...lines]), text),
        (_, response) => void response.writeHead(status, [...lines]).end(text, 'latin1'),
      ]
      const answers = []
      for (const way of ways) {
        answers.push(await answersTo(t, await serve(t, way), request(method), last))
      }
      t.match(answers[0], `HTTP/1.1 ${status} `)
      t.equal(withoutDate(answers[0]!), withoutDate(answers[1]!), `${method} ${status}`)
    }
  }
})

t.test('answers of a pipeline stay in order, one that waits for its turn too', async (t) => {
  const waiting: (() => void)[] = []
  const port = await serve(t, (_, response) => {
    const name = String(waiting.length)
    waiting.push(() => endWith(response.writeHead(200, ['Content-Length', '1']), name))
    if (waiting.length === 3) for (const answer of waiting.reverse()) answer()
  })
  const text = await answersTo(t, port, request(), request(), last)
  t.strictSame(text.match(/(?<=\r\n\r\n)\d/g), ['0', '1', '2'])
})

t.test('head and text are one write', async (t) => {
  const writes: string[] = []
  const port = await serve(t, (_, response) => {
    const socket = response.socket!
    const write = socket._write.bind(socket)
    socket._writev = () => t.fail('a list')
    socket._write = (chunk: string, encoding, done) => {
      writes.push(chunk)
      write(chunk, encoding, done)
    }
    endWith(response.writeHead(200, ['Content-Length', '2']), 'ok')
  })
  t.match(await answersTo(t, port, last), /ok$/)
  t.match(writes, [/^HTTP\/1.1 200 OK\r\n[^]+\r\n\r\nok$/])
})

t.test('a client that is gone is no error', async (t) => {
  await new Promise<void>((resolve) => {
    void serve(t, (_, response) => {
      response.on('error', (error) => t.fail(error.message))
      response.writeHead(200, ['Content-Length', '2'])
      response.destroy()
      endWith(response, 'ok')
      setImmediate(resolve)
    }).then((port) => dialRaw(t, port, last))
  })
})

import t from 'tap'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createNetServer, type AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { Answer } from '../../src/core/answer.ts'
import { linger } from '../../src/proxy/linger.ts'
import { respond, respondOnSocket } from '../../src/server/respond.ts'
import { connectTo, eventually, parseAnswers, type Teardown } from './data-listener.ts'

const answer: Answer = {
  status: 401,
  headers: ['Content-Type', 'application/json', 'x-amzn-RequestId', 'id-1'],
  body: '{"message":"Unauthorized"}',
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

const listen = async (t: Teardown, handler: Handler): Promise<{ server: Server; port: number }> => {
  const server = createServer(handler)
  server.on('checkContinue', handler)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return { server, port: (server.address() as AddressInfo).port }
}

const refuseAll: Handler = (request, response) => {
  respond(request, response, answer)
}

t.test('an answer is written with its length, and the connection stays', async (t) => {
  const { port } = await listen(t, refuseAll)
  const client = connectTo(t, port)
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const text = await client.until(/\}$/)
  t.ok(text.startsWith('HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n'))
  t.match(parseAnswers(text), [
    {
      status: 401,
      headers: { 'content-length': '26', connection: 'keep-alive', 'x-amzn-requestid': 'id-1' },
      body: answer.body,
    },
  ])
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n')
  await client.until(/\}HTTP\/1.1 401(.|\s)*\}$/)
})

t.test('HEAD is told the length and gets no body', async (t) => {
  const { port } = await listen(t, refuseAll)
  const client = connectTo(t, port)
  client.send('HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  const text = await client.ended
  t.match(text, /\r\nContent-Length: 26\r\n/)
  t.ok(text.endsWith('\r\n\r\n'))
})

t.test('a body that came to its end does not end the connection', async (t) => {
  const { port } = await listen(t, (request, response) => {
    request.resume().on('end', () => {
      respond(request, response, answer)
    })
  })
  const client = connectTo(t, port)
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc')
  t.match(await client.until(/\}$/), /\r\nConnection: keep-alive\r\n/)
})

t.test('an unread body is awaited for a while, and the connection ends', async (t) => {
  const cases = [
    { name: 'with a length', head: 'POST / HTTP/1.1', framing: 'Content-Length: 3', body: 'abc' },
    {
      name: 'chunked',
      head: 'POST / HTTP/1.1',
      framing: 'Transfer-Encoding: chunked',
      body: '3\r\nabc\r\n0\r\n\r\n',
    },
    { name: 'of HEAD', head: 'HEAD / HTTP/1.1', framing: 'Content-Length: 3', body: 'abc' },
  ]
  for (const { name, head, framing, body } of cases) {
    const { port } = await listen(t, refuseAll)
    const client = connectTo(t, port)
    client.send(`${head}\r\nHost: a\r\n${framing}\r\n\r\n`)
    const text = await client.until(name === 'of HEAD' ? /\r\n\r\n$/ : /\}$/)
    t.match(text, /\r\nConnection: close\r\n/, `${name}: the answer comes before the body`)
    const startMs = performance.now()
    client.send(body)
    t.equal(await client.ended, text, `${name}: and it is all`)
    t.ok(performance.now() - startMs < linger.maxMs / 2, `${name}: it ends with the body`)
  }
})

t.test('a body that does not come is not awaited for ever', async (t) => {
  const { port } = await listen(t, refuseAll)
  const client = connectTo(t, port)
  const startMs = performance.now()
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na')
  t.match(parseAnswers(await client.ended), [{ status: 401, body: answer.body }])
  const tookMs = performance.now() - startMs
  t.ok(tookMs > linger.maxMs * 0.9 && tookMs < linger.maxMs * 3, `${tookMs} ms`)
})

t.test('a client that expects to be asked is answered instead', async (t) => {
  const { port } = await listen(t, refuseAll)
  const client = connectTo(t, port)
  client.send('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n')
  const text = await client.until(/\}$/)
  t.ok(text.startsWith('HTTP/1.1 401 '))
})

t.test('a client that goes on sending is cut off, with the answer whole', async (t) => {
  let bytesRead = 0
  const { server, port } = await listen(t, refuseAll)
  server.on('connection', (socket) => {
    socket.on('close', () => (bytesRead = socket.bytesRead))
  })
  const client = connectTo(t, port)
  const startMs = performance.now()
  client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${2 ** 40}\r\n\r\n`)
  const pieces = setInterval(() => {
    client.send('x'.repeat(16_384))
  }, 2)
  t.teardown(() => {
    clearInterval(pieces)
  })
  t.match(parseAnswers(await client.ended), [{ status: 401, body: answer.body }])
  t.ok(performance.now() - startMs > linger.maxMs * 0.9, 'not before it could read the answer')
  await eventually(() => bytesRead > 0)
  t.ok(bytesRead < 4 * linger.maxBytes, `${bytesRead} bytes were read`)
})

t.test('a client that leaves while its body is awaited leaves nothing behind', async (t) => {
  const closed: string[] = []
  const { port } = await listen(t, (request, response) => {
    respond(request, response, answer)
    response.on('close', () => closed.push('response'))
  })
  const client = connectTo(t, port)
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na')
  await client.until(/\}$/)
  client.socket.destroy()
  await eventually(() => closed.length === 1)
})

t.test('nothing is written twice, or to a client that is gone', async (t) => {
  const { port } = await listen(t, (request, response) => {
    respond(request, response, answer)
    respond(request, response, { ...answer, status: 500 })
  })
  const client = connectTo(t, port)
  client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  t.equal(parseAnswers(await client.ended).length, 1)

  let tried = false
  const late = await listen(t, (request, response) => {
    response.on('close', () => {
      respond(request, response, answer)
      tried = true
      t.notOk(response.headersSent)
    })
  })
  const leaving = connectTo(t, late.port)
  leaving.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await once(late.server, 'request')
  leaving.socket.destroy()
  await eventually(() => tried)
})

t.test('a header that cannot be written breaks the connection, not the process', async (t) => {
  const { port } = await listen(t, (request, response) => {
    respond(request, response, { ...answer, headers: ['X', 'a\r\nY: b'] })
  })
  const client = connectTo(t, port)
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  t.equal(await client.ended, '')
})

t.test('a bare socket gets the same answer, and ends', async (t) => {
  let bytesRead = 0
  const server = createNetServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('close', () => (bytesRead = socket.bytesRead))
    respondOnSocket(socket, answer)
  })
  t.teardown(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const polite = connectTo(t, port)
  const text = await polite.ended
  t.match(text, /^HTTP\/1\.1 401 Unauthorized\r\nContent-Type: application\/json\r\n/)
  t.match(parseAnswers(text), [
    {
      status: 401,
      headers: {
        'x-amzn-requestid': 'id-1',
        connection: 'close',
        'content-length': '26',
        date: /GMT$/,
      },
      body: answer.body,
    },
  ])

  const busy = connectTo(t, port)
  busy.socket.allowHalfOpen = true
  const pieces = setInterval(() => {
    busy.send('x'.repeat(16_384))
  }, 2)
  t.teardown(() => {
    clearInterval(pieces)
  })
  t.equal(parseAnswers(await busy.ended).length, 1)
  await eventually(() => bytesRead > 0)
  t.ok(bytesRead < 4 * linger.maxBytes, `${bytesRead} bytes were read`)

  bytesRead = -1
  const silent = connectTo(t, port)
  silent.socket.allowHalfOpen = true
  const startMs = performance.now()
  await eventually(() => bytesRead === 0)
  t.ok(performance.now() - startMs > linger.maxMs * 0.9, 'a silent one is let go in time')
})

t.test('a status without a name of its own is written on a bare socket too', async (t) => {
  const server = createNetServer((socket) => {
    respondOnSocket(socket, { ...answer, status: 599 })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const client = connectTo(t, (server.address() as AddressInfo).port)
  const text = await client.ended
  t.ok(text.startsWith('HTTP/1.1 599 unknown\r\n'), text)
})

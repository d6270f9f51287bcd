import t from 'tap'
import {
  finalAnswer,
  headOf,
  isWholeAnswer,
  isWholeHead,
  parseMessage,
} from '../../src/explain/message.ts'

t.test('an answer is whole with the last byte of its body', async (t) => {
  const head = 'HTTP/1.1 401 Unauthorized\r\nA: b\r\ncontent-Length: 2\r\n\r\n'
  const informed = `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: b\r\n\r\n${head}`
  const cases: readonly { given: string; method?: string; want: boolean }[] = [
    { given: '', want: false },
    { given: head.slice(0, -1), want: false },
    { given: head, want: false },
    { given: `${head}a`, want: false },
    { given: `${head}ab`, want: true },
    { given: head, method: 'HEAD', want: true },
    { given: 'HTTP/1.1 100 Continue\r\n\r\n', want: false },
    { given: informed, want: false },
    { given: `${informed}ab`, want: true },
    { given: 'HTTP/1.1 204 No Content\r\n\r\n', want: true },
  ]
  for (const { given, method = 'GET', want } of cases) {
    t.equal(isWholeAnswer(given, method), want, JSON.stringify(given))
  }
  t.equal(finalAnswer(informed), head)
  t.equal(finalAnswer(head), head)
})

t.test('a message taken apart', async (t) => {
  const text = 'GET /a HTTP/1.1\r\nHost: h\r\nX-A: b: c\r\nX-Empty: \r\n\r\nbody\r\n\r\nmore'
  t.ok(isWholeHead(text))
  t.equal(headOf(text), text.slice(0, text.indexOf('body')))
  for (const part of ['', 'GET /a HTTP/1.1\r\nHost: h\r\n']) {
    t.strictSame([isWholeHead(part), headOf(part)], [false, ''])
  }
  t.strictSame(parseMessage(text), {
    firstLine: 'GET /a HTTP/1.1',
    headers: [
      ['Host', 'h'],
      ['X-A', 'b: c'],
      ['X-Empty', ''],
    ],
    body: 'body\r\n\r\nmore',
  })
  t.strictSame(parseMessage('HTTP/1.1 204 No Content\r\n\r\n'), {
    firstLine: 'HTTP/1.1 204 No Content',
    headers: [],
    body: '',
  })
})

// An upstream whose answer makes a proxy throw where nobody catches: a status of 000 or 099, a control
// in the reason phrase, `Trailer` beside a length (all http-proxy 1.18.1), a 101 nobody asked for. The
// client gets an answer of the gate's, and the next request is served.
import t from 'tap'
import { strike, ways } from '../helpers/attack.ts'
import { requestText, startGate } from '../helpers/gate.ts'

const fine = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
let given = fine
const gate = await startGate(t, undefined, ({ socket, text }) => {
  if (text.includes('\r\n\r\n')) socket.end(given, 'latin1')
})

t.test('what cannot be passed on is a failure of the upstream', async (t) => {
  const answers = [
    'HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 600 High\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 2000 Long\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 20 Short\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 abc X\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 -20 X\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 O\x00K\r\nContent-Length: 0\r\nX: a\x00b\r\n\r\n',
    'HTTP/1.1 200 OK\r\nX: a\x0bb\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nX y: a\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\n: a\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\n\r\n',
    'not HTTP at all\r\n\r\n',
    '\r\n\r\n\r\n',
  ]
  for (const answer of answers) {
    given = answer
    for (const { name, text } of ways) {
      const { status } = await strike(gate, text('/public/x'))
      t.equal(status, 504, `${name} ${JSON.stringify(answer.slice(0, 50))}`)
    }
  }
})

t.test('what is merely odd is passed on without it', async (t) => {
  const answers = {
    trailer: 'HTTP/1.1 200 OK\r\nTrailer: x\r\nContent-Length: 2\r\n\r\nok',
    'a reason beyond ASCII': 'HTTP/1.1 200 caf\xe9\r\nContent-Length: 2\r\n\r\nok',
    'a reason with a control': 'HTTP/1.1 200 a\x0bb\r\nContent-Length: 2\r\n\r\nok',
    'no reason': 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok',
    'a trailer field':
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Secret: y\r\n\r\n',
  }
  for (const [name, answer] of Object.entries(answers)) {
    given = answer
    const outcome = await strike(gate, requestText('GET /public/x'))
    t.match(outcome.answer, /^HTTP\/1\.1 200 OK\r\n/, name)
    t.notMatch(outcome.answer, /trailer|x-secret|\xe9|\x0b/i, name)
  }
})

t.test('and the process lives', async (t) => {
  given = fine
  t.equal((await strike(gate, requestText('GET /public/x'))).status, 200)
  t.notMatch(gate.logged.join(''), /"level":"(?:error|fatal)"/)
})

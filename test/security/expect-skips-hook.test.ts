// http-proxy 1.18.1 skips its request hook when `Expect` is there, and with it the stripping that most
// of its users do in that hook (http-proxy PR #1447).
import { connect } from 'node:net'
import t from 'tap'
import { strike, ways } from '../helpers/attack.ts'
import { requestText, startGate, valuesOf } from '../helpers/gate.ts'

const gate = await startGate(t)

t.test('stripping happens with Expect too', async (t) => {
  const token = gate.pool.idToken({ sub: 'honest' })
  const lines = [
    `Authorization: Bearer ${token}`,
    'Expect: 100-continue',
    'X-Claim-Sub: admin',
    'X_Claim_Sub: admin',
  ]
  const post = requestText('POST /protected', [...lines, 'Content-Length: 2'], 'hi')
  const { answer } = await strike(gate, post)
  t.match(answer, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /)
  for (const text of [post, ...ways.map((way) => way.text('/protected', lines))]) {
    const { status, reached } = await strike(gate, text)
    t.equal(status, 200)
    t.strictSame(valuesOf(reached, 'X-Claim-Sub'), ['honest'])
    t.notMatch(reached, /expect/i)
  }
})

t.test('a body is asked for only once the request is permitted', async (t) => {
  const socket = connect(gate.port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  socket.write(requestText('POST /protected', ['Expect: 100-continue', 'Content-Length: 1000000']))
  const chunk = await new Promise<string>((resolve) => {
    socket.once('data', (data) => {
      resolve(data.toString())
    })
  })
  t.match(chunk, /^HTTP\/1\.1 401 /)
})

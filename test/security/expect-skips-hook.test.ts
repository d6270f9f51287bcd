// http-proxy 1.18.1 skips its request hook when `Expect` is there, and with it the stripping that most
// of its users do in that hook (http-proxy PR #1447).
import { connect } from 'node:net'
import t from 'tap'
import { requestText, startGate, valuesOf } from '../helpers/gate.ts'

t.test('stripping happens with Expect too', async (t) => {
  const gate = await startGate(t)
  const token = gate.pool.idToken({ sub: 'honest' })
  const lines = [
    `Authorization: Bearer ${token}`,
    'Expect: 100-continue',
    'Content-Length: 2',
    'X-Claim-Sub: admin',
    'X_Claim_Sub: admin',
  ]
  const answer = await gate.exchange(requestText('POST /protected', lines, 'hi'))
  t.match(answer, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /)
  t.strictSame(valuesOf(gate.reached(), 'X-Claim-Sub'), ['honest'])
  t.notMatch(gate.reached(), /expect/i)
})

t.test('a body is asked for only once the request is permitted', async (t) => {
  const gate = await startGate(t)
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

// Heads that are too large, or have too many lines, on their way in and on their way back: refused
// within a bound, counted, and never with a part of them dropped in silence (Node drops lines past the
// 1000th by default, be it the one that frames the body).
import t from 'tap'
import { strike, ways } from '../helpers/attack.ts'
import { requestText, startGate } from '../helpers/gate.ts'

let answer = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'
const gate = await startGate(t, undefined, ({ socket, text }) => {
  if (text.includes('\r\n\r\n')) socket.end(answer)
})

const refusedEarly = async (): Promise<number> => {
  const page = await (await fetch(`http://127.0.0.1:${gate.adminPort}/metrics`)).text()
  const line = /requests_refused_early_total\{reason="headers_too_large"\} (\d+)/.exec(page)
  return Number(line?.[1] ?? 0)
}

t.test('64 KiB of headers are a 431, in one line or in many', async (t) => {
  const before = await refusedEarly()
  const bombs = [
    [`X: ${'a'.repeat(65_536)}`],
    Array.from({ length: 6500 }, () => 'X: aaaaaaa'),
    [`Cookie: ${'a=b; '.repeat(13_107)}`],
    [`${'X'.repeat(65_536)}: a`],
  ]
  for (const { name, text } of ways) {
    for (const lines of bombs) {
      const outcome = await strike(gate, text('/public/x', lines))
      t.match(outcome, { status: 431, reached: '' }, name)
      t.match(outcome.answer, /"Request Header Fields Too Large"/, name)
    }
    const target = await strike(gate, text(`/public/${'a'.repeat(65_536)}`))
    t.match(target, { status: 431, reached: '' }, `${name}: the target counts too`)
  }
  t.equal((await refusedEarly()) - before, 10)
})

t.test('2000 small lines arrive, all of them', async (t) => {
  const lines = Array.from({ length: 2000 }, (_, index) => `A${index}: b`)
  const { status, reached } = await strike(
    gate,
    requestText('POST /public/x', [...lines, 'X_Claim_Sub: admin', 'Content-Length: 2'], 'hi'),
  )
  t.equal(status, 200)
  t.equal(reached.match(/\r\nA\d+: b(?=\r\n)/g)?.length, 2000)
  t.notMatch(reached, /admin/)
  t.match(reached, /\r\n\r\nhi$/)
})

t.test("an upstream's own 431 is passed on, and its endless head is not", async (t) => {
  answer = 'HTTP/1.1 431 Too Large\r\nContent-Length: 3\r\n\r\nbig'
  t.match((await strike(gate, requestText('GET /public/x'))).answer, /^HTTP\/1\.1 431 [^]*big$/)
  answer = `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(200_000)}\r\n\r\n`
  for (const { name, text } of ways) {
    t.equal((await strike(gate, text('/public/x'))).status, 504, name)
  }
})

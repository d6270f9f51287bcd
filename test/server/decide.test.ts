import t, { type Test } from 'tap'
import type { Decision } from '../../src/authorize.ts'
import {
  codes,
  connectTo,
  eventually,
  parseAnswers,
  permit,
  refusal,
  route,
} from './data-listener.ts'
import {
  forwarded,
  original,
  question,
  startDecisionListener,
  type DecisionListenerOptions,
} from './decision-listener.ts'

const closing = ['Connection: close']

const ask = async (t: Test, text: string, options: DecisionListenerOptions = {}) => {
  const listener = await startDecisionListener(t, options)
  const client = connectTo(t, listener.port)
  client.send(text)
  const [answer] = parseAnswers(await client.ended)
  return { ...listener, answer }
}

t.test('a permitted request is 200, by each way', async (t) => {
  for (const [path, lines, want] of [
    ['/auth/original', original, 'GET /a'],
    ['/auth/forwarded?b', forwarded, 'GET /a'],
    ['/auth/request/a%2Fb?c', [], 'GET /a%2Fb?c'],
  ] as const) {
    const { answer, lines: logged, decided } = await ask(t, question(path, [...lines, ...closing]))
    t.match(answer, { status: 200, headers: { 'x-asked': want }, body: '' }, path)
    t.match(logged, [{ method: 'GET', route: 'ANY /things', status: 200, denial: undefined }])
    t.equal(decided.length, 1)
  }
})

t.test('a refusal is API Gateway’s, but for nginx’s sake 403 where it is not 401', async (t) => {
  for (const [code, status] of [
    ['token_missing', 401],
    ['group_insufficient', 403],
    ['keys_unavailable', 503],
    ['target_ambiguous', 400],
  ] as const) {
    const gate = { judge: () => refusal(code, code === 'target_ambiguous' ? undefined : route) }
    const { answer, lines, early } = await ask(
      t,
      question('/auth/forwarded', [...forwarded, ...closing]),
      { gate },
    )
    t.equal(answer?.status, status)
    t.notOk(answer?.headers['x-gate-status'])
    t.strictSame(codes(lines), [code])
    t.strictSame(early, code === 'target_ambiguous' ? [code] : [])

    const nginx = await ask(t, question('/auth/original', [...original, ...closing]), { gate })
    t.equal(nginx.answer?.status, status === 401 ? 401 : 403, code)
    t.equal(nginx.answer?.headers['x-gate-status'], status === 401 ? undefined : String(status))
    t.equal(nginx.answer?.body, answer?.body)
    t.equal(nginx.answer?.headers['x-gate-body'], answer?.body)
    t.notOk(answer?.headers['x-gate-body'])
  }
})

t.test('nginx is told a body in a header only where one can hold it', async (t) => {
  for (const [body, told] of [
    ['{"message":"no"}', '{"message":"no"}'],
    ['x', 'x'],
    ['', undefined],
    [' spaced ', undefined],
    ['two\nlines', undefined],
    ['{"message":"né"}', undefined],
    ['x'.repeat(1024), 'x'.repeat(1024)],
    ['x'.repeat(1025), undefined],
  ] as const) {
    const gate: DecisionListenerOptions['gate'] = {
      judge: () => refusal('route_denied', route),
      refused: () => ({ status: 403, headers: [], body }),
    }
    const { answer } = await ask(t, question('/auth/original', [...original, ...closing]), { gate })
    t.equal(answer?.headers['x-gate-body'], told)
    t.equal(answer?.status, 403)
  }
})

const never = () => {
  throw new Error('evaluated')
}

t.test('who is not trusted gets 403 before anything is evaluated', async (t) => {
  for (const path of ['/auth/original', '/auth/request/a', '/else']) {
    const { answer, early, lines } = await ask(t, question(path), {
      trustedPeers: ['10.0.0.0/8'],
      gate: { judge: never, permitted: never },
    })
    t.equal(answer?.status, 403)
    t.equal(answer?.body, '{"message":"Forbidden"}')
    t.notOk(answer?.headers['x-gate-status'])
    t.equal(answer?.headers['connection'], 'close')
    t.strictSame(early, ['peer_untrusted'])
    t.match(lines, [{ denial: 'peer_untrusted', route: 'none' }])
  }
})

t.test('a question that is none is refused', async (t) => {
  const cases: readonly (readonly [text: string, status: number, closes: boolean])[] = [
    [question('/', closing), 400, true],
    [question('/auth/forwarded', [...original, ...closing]), 400, true],
    [question('/auth/original', [...forwarded, ...closing]), 403, true],
    [question('/auth/forwarded', [...forwarded, 'Host: other']), 400, true],
    ['GET /auth/request/a HTTP/1.1\r\n\r\n', 400, true],
  ]
  for (const [text, status] of cases) {
    const { answer, early, lines } = await ask(t, text, { gate: { judge: never } })
    t.equal(answer?.status, status, text)
    t.strictSame(early, ['request_malformed'])
    t.strictSame(codes(lines), ['request_malformed'])
  }
})

t.test('what goes wrong inside is a refusal', async (t) => {
  const cause = new Error('a bug')
  for (const judge of [
    () => {
      throw cause
    },
    () => Promise.reject(cause),
  ]) {
    const { answer, lines } = await ask(
      t,
      question('/auth/forwarded', [...forwarded, ...closing]),
      { gate: { judge } },
    )
    t.equal(answer?.status, 500)
    t.match(lines, [{ denial: 'internal', cause }])
  }
})

t.test('a question may have to wait for a key', async (t) => {
  let decide: (decision: Decision) => void = never
  const judge = () => new Promise<Decision>((resolve) => (decide = resolve))
  const listener = await startDecisionListener(t, { gate: { judge } })

  await t.test('and is answered then', async (t) => {
    const client = connectTo(t, listener.port)
    client.send(question('/auth/request/a'))
    await eventually(() => decide !== never)
    decide(permit)
    t.match(await client.until(/\r\n\r\n$/), 'HTTP/1.1 200 OK')
  })

  await t.test('and is no more when the proxy has left', async (t) => {
    decide = never
    const client = connectTo(t, listener.port)
    client.send(question('/auth/request/a'))
    await eventually(() => decide !== never)
    client.socket.destroy()
    await eventually(() => listener.lines.length === 2)
    decide(refusal('token_missing', route))
    t.match(listener.lines[1], { status: 499, denial: undefined })
  })

  await t.test('nor when its body turns out to be broken meanwhile', async (t) => {
    decide = never
    const client = connectTo(t, listener.port)
    client.send(question('/auth/request/a', ['Transfer-Encoding: chunked']))
    await eventually(() => decide !== never)
    client.send('zzz\r\n')
    const text = await client.ended
    decide(permit)
    t.equal(parseAnswers(text)[0]?.status, 400)
    await eventually(() => listener.lines.length === 3)
    t.match(listener.lines[2], { status: 400, denial: 'request_malformed' })
  })
})

t.test('one connection asks many questions, in order', async (t) => {
  const listener = await startDecisionListener(t, {
    gate: {
      judge: async ({ target }) => {
        if (target === '/slow') await new Promise((resolve) => setTimeout(resolve, 20))
        return permit
      },
    },
  })
  const client = connectTo(t, listener.port)
  const paths = ['/slow', '/b', '/c']
  client.send(paths.map((path) => question(`/auth/request${path}`)).join(''))
  const text = await client.until(/GET \/c\r\n/)
  t.strictSame(
    [...text.matchAll(/X-Asked: GET (.*)/g)].map(([, path]) => path),
    paths,
  )
})

t.test(
  'a drain ends connections with their last answer, and what follows is not asked',
  async (t) => {
    let draining = false
    const asked: string[] = []
    const listener = await startDecisionListener(t, {
      draining: () => draining,
      gate: {
        judge: ({ target }) => {
          asked.push(target)
          return permit
        },
      },
    })
    const client = connectTo(t, listener.port)
    client.send(question('/auth/request/a'))
    await client.until(/\r\n\r\n$/)
    draining = true
    client.send(question('/auth/request/b') + question('/auth/request/c'))
    const answers = (await client.ended).split('HTTP/1.1 200 OK').slice(1)
    t.notMatch(answers[0], 'Connection: close')
    t.match(answers.at(-1), 'Connection: close')
    t.strictSame(asked.slice(0, 2), ['/a', '/b'])
    t.equal(answers.length, asked.length)
  },
)

// What an answer is told of the request it is for, and whose form its id has, on both ways out of the
// data listener: through a response, and on the bare socket.
import t from 'tap'
import { deny } from '../../src/core/denial.ts'
import { systemClock } from '../../src/observe/clock.ts'
import { createAnswerRefusal, type SeenRequest } from '../../src/server/answer-refusal.ts'
import { answerSettings } from '../helpers/answer-settings.ts'
import { connectTo, parseAnswers, refusal, route, startListener } from './data-listener.ts'

const get = (target: string, more = ''): string =>
  `GET ${target} HTTP/1.1\r\nHost: a\r\n${more}\r\n`

const brokenHead = 'GET / HTTP/1.1\r\nX : y\r\n\r\n'
const brokenBody = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'

t.test('an answer knows when the request came, and its route if there is one', async (t) => {
  const seen: SeenRequest[] = []
  const { port } = await startListener(t, {
    clock: { ...systemClock, wallMs: () => 7 },
    authorize: () => refusal('route_denied', route),
    answer: (_denial, request) => {
      seen.push(request)
      return { status: 403, headers: [], body: '' }
    },
  })
  const client = connectTo(t, port)
  client.send(get('/a'))
  await client.until(/\r\n\r\n$/)
  client.send(`GET / HTTP/1.1\r\nHost: a,b\r\n\r\n`)
  await client.ended
  t.match(seen, [
    { atMs: 7, route, facts: { method: 'GET', target: '/a' } },
    { atMs: 7, route: undefined, facts: undefined },
  ])
})

t.test('with apiType HTTP, a request has one id of that form everywhere', async (t) => {
  const ids: string[] = []
  const listener = await startListener(t, {
    apiType: 'HTTP',
    answer: createAnswerRefusal({ ...answerSettings, apiType: 'HTTP' }),
    forward: (_permit, { requestId, refuse }) => {
      ids.push(requestId)
      refuse(deny('upstream_broken'))
    },
  })
  const client = connectTo(t, listener.port)
  client.send(get('/', 'Connection: close\r\n'))
  const [answer] = parseAnswers(await client.ended)
  const id = answer?.headers['apigw-requestid'] ?? ''
  t.match(id, /^[A-Za-z0-9+/]{15}=$/)
  t.strictSame([...ids, listener.lines[0]?.requestId], [id, id])
})

t.test('the answer on a bare socket has the form of the API type, and its id', async (t) => {
  const listener = await startListener(t, {
    apiType: 'HTTP',
    answer: createAnswerRefusal({ ...answerSettings, apiType: 'HTTP' }),
  })
  const client = connectTo(t, listener.port)
  client.send(brokenHead)
  const [answer] = parseAnswers(await client.ended)
  t.match(answer, { status: 400, body: '{"message":"Bad Request"}' })
  t.match(answer?.headers['apigw-requestid'], /^[A-Za-z0-9+/]{15}=$/)
  t.equal(listener.lines[0]?.requestId, answer?.headers['apigw-requestid'])
})

t.test(
  'nothing is known of a request that the parser refuses, but of one in its body',
  async (t) => {
    const seen: SeenRequest[] = []
    const listener = await startListener(t, {
      clock: { ...systemClock, wallMs: () => 7 },
      forward: (_permit, { request }) => void request.resume(),
      answer: (_denial, request) => {
        seen.push(request)
        return { status: 400, headers: [], body: '' }
      },
    })
    for (const text of [brokenHead, brokenBody]) {
      const client = connectTo(t, listener.port)
      client.send(text)
      await client.ended
    }
    t.match(seen, [
      { atMs: 7, facts: undefined, route: undefined },
      { atMs: 7, facts: { method: 'POST' }, route },
    ])
  },
)

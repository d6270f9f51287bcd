import t from 'tap'
import type { Logger } from '../../src/core/ports.ts'
import type { LogSettings } from '../../src/core/settings.ts'
import { createLogger } from '../../src/observe/log.ts'

type Line = Record<string, unknown>

/** A logger and the lines it has written. */
const capture = (level: LogSettings['level']): { log: Logger; lines: () => readonly Line[] } => {
  const written: string[] = []
  const log = createLogger({ level }, { write: (line) => void written.push(line) })
  return { log, lines: () => written.map((line) => JSON.parse(line) as Line) }
}

/** All but the time, which is checked once. */
const withoutTime = ({ time, ...rest }: Line): Line => {
  t.type(time, 'string')
  return rest
}

t.test('a line is JSON with the level as a word and the time in UTC', async (t) => {
  const written: string[] = []
  const log = createLogger({ level: 'info' }, { write: (line) => void written.push(line) })
  log.info({ route: 'GET /a', status: 200 }, 'request')
  t.equal(written.length, 1)
  const [line = ''] = written
  t.match(
    line,
    /^\{"level":"info","time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","route":"GET \/a","status":200,"msg":"request"\}\n$/,
  )
})

t.test('lines below the level are left out', async (t) => {
  const cases: readonly { level: LogSettings['level']; want: readonly string[] }[] = [
    { level: 'trace', want: ['debug', 'info', 'warn', 'error'] },
    { level: 'debug', want: ['debug', 'info', 'warn', 'error'] },
    { level: 'info', want: ['info', 'warn', 'error'] },
    { level: 'warn', want: ['warn', 'error'] },
    { level: 'error', want: ['error'] },
    { level: 'fatal', want: [] },
    { level: 'silent', want: [] },
  ]
  for (const { level, want } of cases) {
    const { log, lines } = capture(level)
    for (const name of ['debug', 'info', 'warn', 'error'] as const) log[name]({}, name)
    t.strictSame(
      lines().map((line) => line['level']),
      want,
      level,
    )
  }
})

t.test('an error is told by message, code and causes; by its stack from debug on', async (t) => {
  const cause = Object.assign(new Error('getaddrinfo ENOTFOUND a'), { code: 'ENOTFOUND' })
  const err = new TypeError('fetch failed', { cause })
  const told = {
    type: 'TypeError',
    message: 'fetch failed',
    cause: { type: 'Error', message: 'getaddrinfo ENOTFOUND a', code: 'ENOTFOUND' },
  }
  const quiet = capture('info')
  quiet.log.error({ err }, 'failed')
  t.strictSame(quiet.lines().map(withoutTime), [{ level: 'error', err: told, msg: 'failed' }])
  for (const level of ['debug', 'trace'] as const) {
    const { log, lines } = capture(level)
    log.error({ err }, 'failed')
    t.strictSame(lines().map(withoutTime), [
      { level: 'error', err: { ...told, stack: err.stack }, msg: 'failed' },
    ])
  }
})

t.test('what has no stack is told without one', async (t) => {
  const { log, lines } = capture('debug')
  const bare = new Error('bare')
  delete bare.stack
  log.warn({ err: 'text' }, 'a')
  log.warn({ err: bare }, 'b')
  t.strictSame(lines().map(withoutTime), [
    { level: 'warn', err: { message: 'text' }, msg: 'a' },
    { level: 'warn', err: { type: 'Error', message: 'bare' }, msg: 'b' },
  ])
})

t.test('what looks like a secret is censored, should it ever be handed in', async (t) => {
  const { log, lines } = capture('info')
  const secret = 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln'
  log.info(
    {
      token: secret,
      authorization: secret,
      headers: { authorization: secret, Authorization: secret, cookie: secret, accept: '*/*' },
      identity: { claims: { sub: secret } },
      err: Object.assign(new Error(`bad ${secret}`), { token: secret }),
    },
    'oops',
  )
  t.strictSame(lines().map(withoutTime), [
    {
      level: 'info',
      token: '[Redacted]',
      authorization: '[Redacted]',
      headers: {
        authorization: '[Redacted]',
        Authorization: '[Redacted]',
        cookie: '[Redacted]',
        accept: '*/*',
      },
      identity: { claims: '[Redacted]' },
      err: { type: 'Error', message: 'bad [Redacted]' },
      msg: 'oops',
    },
  ])
})

t.test('text of a client cannot make a line of its own', async (t) => {
  const { log, lines } = capture('info')
  log.info({ requestId: 'a\n{"level":"error"}' }, '%s %d %j')
  t.strictSame(lines().map(withoutTime), [
    { level: 'info', requestId: 'a\n{"level":"error"}', msg: '%s %d %j' },
  ])
})

t.test('without a destination it is made for stdout', async (t) => {
  t.doesNotThrow(() => createLogger({ level: 'silent' }).error({}, 'not written'))
})

t.test('the level can be another one from some moment on, stacks with it', async (t) => {
  const written: string[] = []
  const log = createLogger({ level: 'warn' }, { write: (line) => void written.push(line) })
  log.info({}, 'not yet')
  log.setLevel('debug')
  log.debug({ err: new Error('x') }, 'now')
  log.setLevel('info')
  log.debug({}, 'no more')
  log.info({ err: new Error('x') }, 'still')
  const lines = written.map((line) => JSON.parse(line) as { msg: string; err: { stack?: string } })
  t.match(lines, [
    { msg: 'now', err: { stack: /Error: x/ } },
    { msg: 'still', err: { stack: undefined } },
  ])
  t.equal(lines.length, 2)
})

import t from 'tap'
import { createDemo, demo } from '../../src/commands/demo.ts'
import { createShell, until } from '../helpers/shell.ts'

t.test('the tour ends well and says so', async (t) => {
  const { shell, state } = createShell()
  t.equal(await demo(['--exit'], shell), 0)
  t.match(state.stdout, /All \d\d answers were as expected\.\n$/)
  t.notMatch(state.stdout, /✗/)
})

t.test('without --exit it stays up and prints requests that work, until a signal', async (t) => {
  const { shell, state, signal } = createShell()
  const exit = demo([], shell)
  await until(() => state.stdout.includes('grep authorizations_total'), 30_000)
  const line = /curl -i -H 'Authorization: (Bearer [^']+)' (http:\S+)/.exec(state.stdout)
  const answer = await fetch(line?.[2] ?? '', { headers: { authorization: line?.[1] ?? '' } })
  t.equal(answer.status, 200)
  signal('SIGINT')
  t.equal(await exit, 0)
})

t.test('wrong words and help', async (t) => {
  const wrong = createShell()
  t.equal(await demo(['--quit'], wrong.shell), 64)
  t.match(wrong.state.stderr, /^cognito-gate demo: .*--quit.*\n$/)
  const help = createShell()
  t.equal(await demo(['--help'], help.shell), 0)
  t.match(help.state.stdout, /^Usage: cognito-gate demo/)
})

t.test('an answer that is not as expected is shown and fails the demo', async (t) => {
  const wrong = createDemo(() => [
    {
      title: 'not so',
      method: 'GET',
      path: '/health',
      headers: [],
      want: { status: 401, denial: 'token_missing' },
    },
  ])
  const { shell, state } = createShell()
  t.equal(await wrong(['--exit'], shell), 1)
  t.match(state.stdout, /✗ +1 +not so +GET \/health +200 +passed\n/)
  t.match(state.stdout, /Some answers were NOT as expected; they are marked ✗\.\n$/)
})

t.test('where nothing can be written the demo says what it needs', async (t) => {
  const { TMPDIR } = process.env
  process.env['TMPDIR'] = '/proc/nowhere'
  t.teardown(() => {
    if (TMPDIR === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = TMPDIR
  })
  const { shell, state } = createShell()
  t.equal(await demo(['--exit'], shell), 1)
  t.match(state.stderr, /^cognito-gate demo: cannot start: ENOENT.*; it needs .*\(TMPDIR\)\n$/)
})

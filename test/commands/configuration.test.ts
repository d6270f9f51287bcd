import t from 'tap'
import {
  describeProblems,
  hasProblems,
  loadConfiguration,
} from '../../src/commands/configuration.ts'
import { createShell } from '../helpers/shell.ts'

const good = `
upstream: { url: 'http://127.0.0.1:3000' }
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [eu-west-1_AbCdEf123] }
routes:
  - { path: /a, method: GET, authorizer: pool }
`

t.test('a good file gives settings and compiled routes', async (t) => {
  const dir = t.testdir({ 'gate.yaml': good })
  const loaded = await loadConfiguration(`${dir}/gate.yaml`, createShell().shell)
  if (hasProblems(loaded)) {
    t.fail(JSON.stringify(loaded))
    return
  }
  t.strictSame(
    loaded.table.routes.map(({ label }) => label),
    ['GET /a'],
  )
  t.equal(loaded.settings.upstream.origin, 'http://127.0.0.1:3000')
})

t.test('problems of keys and of routes come together', async (t) => {
  const dir = t.testdir({
    'gate.yaml': `${good}  - { path: '/{x', method: GET, authorizer: pool }\nlog: { level: loud }\n`,
  })
  const loaded = await loadConfiguration(`${dir}/gate.yaml`, createShell().shell)
  if (!hasProblems(loaded)) {
    t.fail('loaded')
    return
  }
  const paths = loaded.map(({ path }) => path)
  t.ok(paths.includes('log.level'), paths.join())
  t.ok(
    paths.some((path) => path.startsWith('routes[1]')),
    paths.join(),
  )
})

t.test('problems are listed for a person', async (t) => {
  t.equal(
    describeProblems([{ path: 'log.level', message: 'bad' }]),
    'cognito-gate: the configuration has a problem:\n  log.level: bad\n',
  )
  t.equal(
    describeProblems([
      { path: 'a', message: 'x' },
      { path: '', message: 'y' },
    ]),
    'cognito-gate: the configuration has 2 problems:\n  a: x\n  y\n',
  )
})

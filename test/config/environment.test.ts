import t from 'tap'
import { readEnvironment } from '../../src/config/environment.ts'
import { createProblems } from '../../src/config/problem.ts'

const read = (env: Readonly<Record<string, string | undefined>>) => {
  const problems = createProblems()
  const environment = readEnvironment(env, problems.report)
  return {
    environment,
    problems: problems.all().map(({ path, message }) => `${path}: ${message}`),
  }
}

t.test('only the variables of the schema are taken, and an empty one is unset', async (t) => {
  const { environment, problems } = read({
    UPSTREAM_URL: 'http://a',
    LISTEN_PORT: '0',
    ADMIN_PORT: '',
    LOG_LEVEL: undefined,
    COGNITO_USER_POOL_IDS: 'eu-west-1_a, eu-west-1_b',
    COGNITO_CLIENT_IDS: 'c',
    COGNITO_TOKEN_USE: 'any',
    HOME: '/root',
    PORT: '1',
  })
  t.strictSame(problems, [])
  t.strictSame(environment.values, {
    UPSTREAM_URL: 'http://a',
    LISTEN_PORT: '0',
    COGNITO_USER_POOL_IDS: 'eu-west-1_a, eu-west-1_b',
    COGNITO_CLIENT_IDS: 'c',
    COGNITO_TOKEN_USE: 'any',
  })
})

t.test('a value is checked as text, before anything could convert it', async (t) => {
  for (const [name, text, want] of [
    ['LISTEN_PORT', '80abc', '"80abc" is not a whole number; give one from 0 to 65535'],
    ['LISTEN_PORT', '0x1F90', '"0x1F90" is not a whole number; give one from 0 to 65535'],
    ['LISTEN_PORT', '1e3', '"1e3" is not a whole number; give one from 0 to 65535'],
    ['LISTEN_PORT', ' 80', '" 80" is not a whole number; give one from 0 to 65535'],
    ['ADMIN_PORT', '-1', '"-1" is not a whole number; give one from 0 to 65535'],
    ['ADMIN_PORT', '65536', '65536 is out of range; give one from 0 to 65535'],
    [
      'LOG_LEVEL',
      'INFO',
      '"INFO" is not one of: trace, debug, info, warn, error, fatal, silent; write info',
    ],
    ['COGNITO_TOKEN_USE', 'both', '"both" is not one of: auto, id, access, any'],
    ['COGNITO_CLIENT_IDS', 'a,,b', 'is an empty entry, in "a,,b"'],
    ['COGNITO_CLIENT_IDS', ' ', 'is an empty entry, in " "'],
    ['COGNITO_USER_POOL_IDS', 'a_b,a_b', '"a_b" stands in the list already, in "a_b,a_b"'],
    ['UPSTREAM_URL', 'http://a\n', '"http://a\\n" holds a control character'],
  ] as const) {
    const { environment, problems } = read({ [name]: text })
    t.strictSame(problems, [`${name}: ${want}`])
    t.strictSame(environment.values, {})
  }
})

t.test('a path is traced to the variable that set it', async (t) => {
  const { environment } = read({ LISTEN_PORT: '80', COGNITO_CLIENT_IDS: 'a,b' })
  t.equal(environment.placeOf('listen.port'), 'LISTEN_PORT')
  t.equal(environment.placeOf('admin.port'), 'admin.port')
  t.equal(environment.placeOf('authorizers.default.clientIds[1]'), 'COGNITO_CLIENT_IDS')
  t.equal(environment.placeOf('authorizers.pool.clientIds[1]'), 'authorizers.pool.clientIds[1]')
  t.equal(environment.authorizerVariable, 'COGNITO_CLIENT_IDS')
  t.equal(read({ LISTEN_PORT: '80' }).environment.authorizerVariable, undefined)
})

import { join } from 'node:path'
import t from 'tap'
import { fillTemplate, issuerSettings, type KeyOptions } from '../../src/config/issuers.ts'
import { createProblems } from '../../src/config/problem.ts'
import { problemsOf } from '../helpers/problems-of.ts'

const options: KeyOptions = {
  jwksUri: '',
  defaultUri: '',
  jwksFile: '',
  insecureHttpJwks: false,
}

const read = (
  issuers: readonly string[],
  given: Partial<KeyOptions>,
  resolvePath = (path: string): string => path,
) => {
  const problems = createProblems()
  const settings = issuerSettings(
    issuers.map((issuer) => ({ issuer, placeholders: { region: 'eu-west-1', userPoolId: 'p_1' } })),
    { ...options, ...given },
    { at: 'a', report: problems.report, resolvePath },
  )
  return { settings, problems: problems.all().map(({ path, message }) => `${path}: ${message}`) }
}

t.test('templates are filled from what is known, once', async (t) => {
  const known = { region: 'eu-west-1', userPoolId: '{region}' }
  t.equal(
    fillTemplate('https://{region}/x', known, 'k', () => undefined),
    'https://eu-west-1/x',
  )
  for (const template of ['{pool}', '{region', 'region}', '{toString}', '{userPoolId}']) {
    t.strictSame(
      problemsOf((report) => fillTemplate(template, known, 'k', report)),
      [`k: "${template}" has braces around something else than: {region}, {userPoolId}`],
    )
  }
})

t.test('without a URI the keys are found by discovery, one slash apart', async (t) => {
  for (const issuer of ['https://idp.example.com/', 'https://idp.example.com']) {
    t.strictSame(read([issuer], {}), {
      settings: [
        {
          issuer,
          keys: {
            kind: 'discovery',
            uri: 'https://idp.example.com/.well-known/openid-configuration',
          },
        },
      ],
      problems: [],
    })
  }
})

t.test('a URI is filled in for every issuer', async (t) => {
  const jwksUri = '{issuer}/keys?pool={userPoolId}&region={region}'
  t.strictSame(read(['https://a', 'https://b'], { jwksUri }), {
    settings: [
      {
        issuer: 'https://a',
        keys: { kind: 'uri', uri: 'https://a/keys?pool=p_1&region=eu-west-1' },
      },
      {
        issuer: 'https://b',
        keys: { kind: 'uri', uri: 'https://b/keys?pool=p_1&region=eu-west-1' },
      },
    ],
    problems: [],
  })
})

t.test('a URI that cannot be used leaves its issuer out', async (t) => {
  t.strictSame(read(['https://a'], { jwksUri: '{nothing}' }), {
    settings: [],
    problems: [
      'a.jwksUri: "{nothing}" has braces around something else than: {region}, {userPoolId}, {issuer}',
    ],
  })
  t.strictSame(read(['https://a'], { jwksUri: 'keys.json' }), {
    settings: [],
    problems: ['a.jwksUri: "keys.json" has no scheme; write http://keys.json or https://keys.json'],
  })
})

t.test('keys come over plain http only from loopback, or when that is asked for', async (t) => {
  t.strictSame(read(['http://127.0.0.1:9229/p'], {}).problems, [])
  t.strictSame(read(['http://emulator:9229/p'], { insecureHttpJwks: true }).problems, [])
  t.strictSame(read(['https://a'], { jwksUri: 'http://10.0.0.1/keys' }).problems, [
    'a: would fetch keys over plain http from http://10.0.0.1/keys; use https, or set insecureHttpJwks: true to accept the risk',
  ])
})

t.test('a local key set is looked into', async (t) => {
  const folder = t.testdir({
    'keys.json': '{"keys":[]}',
    'list.json': '[]',
    'other.json': '{"keys":{}}',
    'broken.json': '{',
    'empty.json': '',
    'single.json': '{"kty":"RSA"}',
  })
  const resolvePath = (path: string): string => join(folder, path)
  const readFile = (jwksFile: string, more: Partial<KeyOptions> = {}, issuers = ['http://a']) =>
    read(issuers, { jwksFile, ...more }, resolvePath)

  t.strictSame(readFile('keys.json'), {
    settings: [{ issuer: 'http://a', keys: { kind: 'file', path: join(folder, 'keys.json') } }],
    problems: [],
  })
  for (const [file, want] of [
    ['list.json', 'is not a key set: it has no list named keys'],
    ['other.json', 'is not a key set: it has no list named keys'],
    ['broken.json', 'is not JSON; a key set is what the issuer serves at its jwks_uri'],
    ['empty.json', 'is empty; put the key set there that the issuer serves'],
    ['single.json', 'is not a key set: it is one key; write {"keys": [ … ]} around it'],
    ['none.json', 'cannot be read: there is no such file'],
  ] as const) {
    t.strictSame(readFile(file).problems, [`a.jwksFile: "${file}" ${want}`])
  }
  t.strictSame(readFile('keys.json', { jwksUri: 'https://a/keys' }).problems, [
    'a.jwksFile: stands beside jwksUri; give one of the two',
  ])
  t.strictSame(readFile('keys.json', {}, ['http://a', 'http://b']).problems, [
    'a.jwksFile: is for one issuer, but there are 2; make an authorizer for each',
  ])
})

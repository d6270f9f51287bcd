// What the built program says to a careless operator: one line for each problem, what is wrong, where, and
// what to do; never a stack trace. The words for single checks are held by the unit tests.
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, openSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { gateMain } from './helpers/gate.ts'
import { tempDir } from './helpers/temp-dir.ts'

const dir = tempDir(t)
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'a' }
const files: Readonly<Record<string, string>> = {
  'empty.json': '',
  'html.json': '<html>',
  'one.json': JSON.stringify(jwk),
  'key.pem': privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  'locked.pem': privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' })
    .toString(),
  'deny.yaml': 'sub: a',
  'cloudformation.json': '{"AWSTemplateFormatVersion":"2010-09-09"}',
  'broken.json': '{"openapi":"3.0.1",',
  'three-one.json': '{"openapi":"3.1.0"}',
}
for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
mkdirSync(join(dir, 'folder'))

const run = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  spawnSync(process.execPath, [gateMain, ...words], {
    cwd: dir,
    env,
    encoding: 'utf8',
    // Of a gate that starts although it should not.
    timeout: 20_000,
  })

const heads = `
listen: { host: 127.0.0.1, port: 0 }
admin: { host: 127.0.0.1, port: 0 }
`
const upstream = `upstream: { url: 'http://127.0.0.1:3000' }\n`
const pool = (more = '') =>
  `authorizers:\n  pool: { type: COGNITO_USER_POOLS, userPoolIds: [eu-west-1_AbCdEf] ${more} }\n`
const tls = (files: string) => `listen: { tls: { ${files} } }\n${upstream}${pool()}`

/** A configuration, and each line that is said of it. */
const configurations: readonly (readonly [text: string, ...want: readonly string[]])[] = [
  [
    'listen:\n\tport: 80',
    'gate.yaml: line 2, column 1: a tab stands where the line is indented; indent with spaces',
  ],
  [
    'listen: { port: 80\nupstream: x',
    'gate.yaml: line 2, column 1: a { or [ before it is not closed, or what is in it is not indented',
  ],
  [
    `${heads}${pool()}upstream: http://app`,
    'upstream: "http://app" is not a map of keys such as url',
  ],
  [
    `${heads}${pool()}upstream: { url: 'app:3000' }`,
    'upstream.url: "app:3000" has no scheme; write http://app:3000 or https://app:3000',
  ],
  [
    `${heads}${pool()}upstream: { url: 'http://app/?a=b' }`,
    'upstream.url: "http://app/?a=b" has a query; end it before the ?',
  ],
  [
    `${heads}${pool()}upstream: { url: 'http://joe:secret@app' }`,
    'upstream.url: "http://…@app" holds credentials, which are not used; leave them out',
  ],
  [
    `upstream: { url: 'http://localhost:8080' }\n${pool()}`,
    "upstream.url: is the gate's own listener (listen.port 8080); give the service's address",
  ],
  [`${upstream}${pool()}lisen: {}`, 'lisen: unknown key; did you mean listen?'],
  [
    `${upstream}${pool()}log: { level: INFO }`,
    'log.level: "INFO" is not one of: trace, debug, info, warn, error, fatal, silent; write info',
  ],
  [
    `${upstream}${pool()}routes:\n  - { path: /a, metod: GET, authorizer: pool }`,
    'routes[0].metod: unknown key; did you mean method?',
  ],
  [
    `${upstream}authorizers:\n  p: { type: JWT, jwtConfiguration: { issuer: idp, audience: [a] } }`,
    'authorizers.p.jwtConfiguration.issuer: "idp" has no scheme; write http://idp or https://idp',
  ],
  [
    `${upstream}${pool(', jwksFile: empty.json')}`,
    'authorizers.pool.jwksFile: "empty.json" is empty; put the key set there that the issuer serves',
  ],
  [
    `${upstream}${pool(', jwksFile: html.json')}`,
    'authorizers.pool.jwksFile: "html.json" is not JSON; a key set is what the issuer serves at its jwks_uri',
  ],
  [
    `${upstream}${pool(', jwksFile: one.json')}`,
    'authorizers.pool.jwksFile: "one.json" is not a key set: it is one key; write {"keys": [ … ]} around it',
  ],
  [
    `${upstream}${pool(', jwksFile: folder')}`,
    'authorizers.pool.jwksFile: "folder" cannot be read: it is a folder',
  ],
  [
    tls('certFile: key.pem, keyFile: locked.pem'),
    'listen.tls.certFile: "key.pem" holds no PEM certificate but a private key',
    'listen.tls.keyFile: "locked.pem" holds a private key with a passphrase; write it without: openssl pkey -in FILE -out NEW',
  ],
  [
    `${upstream}${pool()}denyList: { file: deny.yaml }`,
    'denyList.file: "deny.yaml" holds a map; a deny list is a list of entries',
  ],
  [
    `${upstream}${pool()}trustedProxies: ['0.0.0.0/1', '128.0.0.0/1']`,
    'trustedProxies: 0.0.0.0/1 and 128.0.0.0/1 together would believe every client',
  ],
]

t.test('a configuration that is wrong', async (t) => {
  for (const [text, ...want] of configurations) {
    writeFileSync(join(dir, 'gate.yaml'), text)
    const { status, stdout, stderr } = run(['check', '--config', 'gate.yaml'])
    const [heading, ...lines] = stderr.trimEnd().split('\n')
    t.match(heading, /^cognito-gate: the configuration has (?:a problem|\d+ problems):$/)
    t.strictSame(
      lines.map((line) => line.trim()),
      want,
    )
    t.strictSame([status, stdout], [78, ''])
  }
})

t.test('words that are wrong', async (t) => {
  for (const [words, want] of [
    [['srve'], 'unknown command "srve"; did you mean serve?'],
    [['gate.yaml'], 'unknown command "gate.yaml"; did you mean --config gate.yaml?'],
    [['-h'], 'unknown option -h; did you mean --help?'],
    [['check', '--conifg', 'x'], 'unknown option --conifg; did you mean --config?'],
    [['check', '--config'], '--config needs a value behind it'],
    [['check', '--config', ''], '--config is empty'],
    [['explain', '--method', 'GET'], '--path is missing'],
    [['import', '--api', 'rest', 'a'], '--api is REST or HTTP'],
  ] as const) {
    const { status, stdout, stderr } = run(words)
    t.strictSame([status, stdout], [64, ''], words.join(' '))
    t.match(stderr, want)
    t.match(stderr, /^cognito-gate[^\n]*; see cognito-gate (?:[a-z]+ )?--help\n$/)
  }
})

t.test('exports that are none', async (t) => {
  for (const [name, want] of [
    ['nowhere.json', /"nowhere\.json" cannot be read: there is no such file/],
    ['folder', /"folder" cannot be read: it is a folder/],
    ['cloudformation.json', /cloudformation\.json#: is no OpenAPI document/],
    ['broken.json', /broken\.json: line 1, column \d+: a \{ before it is not closed/],
    ['three-one.json', /three-one\.json#\/openapi: "3\.1\.0" is not a version that is read/],
  ] as const) {
    const { status, stdout, stderr } = run(['import', name])
    t.strictSame([status, stdout], [78, ''], name)
    t.match(stderr, want)
    t.match(stderr, /^cognito-gate: the export has a problem:\n {2}[^\n]+\n$/)
  }
})

t.test('a full disk is a failure, and too few open files are no stack trace', async (t) => {
  writeFileSync(join(dir, 'gate.yaml'), `${heads}${upstream}${pool()}`)
  const full = spawnSync(process.execPath, [gateMain, 'check', '--config', 'gate.yaml'], {
    cwd: dir,
    env: {},
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    encoding: 'utf8',
  })
  t.equal(full.status, 1)
  t.match(full.stderr, /^cognito-gate: standard output cannot be written: no space [^\n]+\n$/)

  const withFiles = (count: number) => {
    const script = `unset NODE_OPTIONS; ulimit -n ${count}; exec "$0" "$1" check --config gate.yaml`
    return spawnSync('/bin/sh', ['-c', script, process.execPath, gateMain], {
      cwd: dir,
      env: {},
      encoding: 'utf8',
    })
  }
  // How many are too few differs by Node.js: the first number that is.
  let count = 36
  let few = withFiles(count)
  while (few.status === 0) few = withFiles((count -= 1))
  t.comment(`${count} are too few`)
  t.equal(few.status, 1)
  t.match(few.stderr, /^cognito-gate: [^\n]+ulimit -n[^\n]+\n$/)
})

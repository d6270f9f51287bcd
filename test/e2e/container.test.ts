// The Dockerfile, built unchanged on stand-ins for its pinned base images, and run as an orchestrator
// would confine it.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createUserPool } from '../../src/demo/user-pool.ts'
import { bearer, checkSecrets, runCases, secretsOf } from './helpers/cases.ts'
import { checkTokens } from './helpers/container-tokens.ts'
import { confinement, createEngine, startContainer } from './helpers/container.ts'
import { curl } from './helpers/curl.ts'
import { freePort } from './helpers/free-port.ts'
import { imageFlags, untilReady } from './helpers/gate.ts'
import { inImage, listImage, productionPackages, standIns, type Sbom } from './helpers/image.ts'
import { startNginx } from './helpers/nginx.ts'
import { checkRolling } from './helpers/pod-rolling.ts'
import type { Scope } from './helpers/program.ts'
import { unauthorized } from './helpers/refusals.ts'
import { tempDir } from './helpers/temp-dir.ts'

// The bases are made once; the build installs from the npm registry.
t.setTimeout(300_000)

const engine = await createEngine(t)
const skip =
  engine.unavailable === undefined ? false : `no containers on this machine: ${engine.unavailable}`
const { image } = engine

const packages = productionPackages()
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }

interface ImageConfig {
  readonly Size: number
  readonly Healthcheck?: { readonly Test: readonly string[] }
  readonly Config: Readonly<Record<string, unknown>> & {
    readonly Env: readonly string[]
    readonly Labels: Readonly<Record<string, string>>
  }
}

const inspectImage = async (): Promise<ImageConfig> => {
  const text = await engine.run('podman', 'image', 'inspect', image)
  const [config] = JSON.parse(text) as readonly [ImageConfig]
  return config
}

t.test('the Dockerfile builds', { skip }, async (t) => {
  const labels = ['--build-arg', `VERSION=${version}`, '--build-arg', 'REVISION=0123abc']
  const how = ['--isolation=chroot', '--format=docker', '--pull-never', ...standIns(), ...labels]
  await engine.run('buildah', 'bud', ...how, '--tag', image, '.')
  const { Config, Healthcheck } = await inspectImage()
  t.match(Config, {
    User: '65532:65532',
    WorkingDir: '/app',
    Entrypoint: ['/nodejs/bin/node', ...imageFlags(), '/app/dist/main.js'],
    Cmd: ['serve'],
    ExposedPorts: { '8080/tcp': {}, '9090/tcp': {} },
    Labels: {
      'org.opencontainers.image.title': 'cognito-gate',
      'org.opencontainers.image.description': String,
      'org.opencontainers.image.licenses': 'Apache-2.0',
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.revision': '0123abc',
    },
  })
  t.ok(Config.Env.includes('NODE_ENV=production'))
  t.strictSame(Healthcheck?.Test.slice(0, 2), ['CMD', '/nodejs/bin/node'], 'it needs no shell')
})

t.test('the image has Node.js, the gate, what the gate needs, and no more', { skip }, async (t) => {
  const entries = await listImage(engine)
  const paths = entries.map(({ path }) => path)
  const named = (pattern: RegExp): readonly string[] => paths.filter((path) => pattern.test(path))

  const shells = /\/(?:sh|bash|dash|ash|zsh|ksh|mksh|csh|tcsh|fish|rbash|busybox|toybox)$/
  t.strictSame(named(shells), [], 'no shell')
  const tools = /\/bin\/(?:npm|npx|corepack|apt|apt-get|dpkg|perl|python3?|curl|wget|gcc|tsc)$/
  t.strictSame(named(tools), [], 'no tool to fetch or build others')
  t.strictSame(
    named(/^\/app\/[^/]+$/).toSorted(),
    ['LICENSE', 'config', 'dist', 'node_modules', 'package.json', 'sbom.cdx.json'].map(
      (name) => `/app/${name}`,
    ),
    'of the project, what it runs with',
  )
  t.strictSame(
    named(/^\/app\/(?:.+\/)?node_modules\/(?:@[^/]+\/)?[^/@]+\/package\.json$/)
      .map((path) => path.slice('/app/'.length, -'/package.json'.length))
      .toSorted(),
    packages.map(({ path }) => path).toSorted(),
    'of the packages, those of production',
  )
  t.strictSame(named(/^\/app\/.*\.node$/), [], 'nothing in it is for one kind of processor')

  const foreign = entries.filter(({ uid, mode }) => uid !== 0 || isWritableByOthers(mode))
  const open = foreign.map(({ path }) => path).filter((path) => !allowedToWrite.includes(path))
  t.strictSame(open, [], 'the user of the container owns nothing in it')

  const { Size } = await inspectImage()
  const ours = entries.filter(({ path }) => path.startsWith('/app/'))
  const bytes = ours.reduce((sum, entry) => sum + entry.bytes, 0)
  const debian = named(/^\/var\/lib\/dpkg\/status\.d\/[^/]+$/).length
  t.comment(
    `${megabytes(Size)} MB, ${megabytes(bytes)} of them ours: ` +
      `${debian} packages of Debian, ${packages.length} of npm`,
  )
  t.ok(bytes < 25e6, 'it stays small')
})

/** A link's mode says nothing. */
const isWritableByOthers = (mode: number): boolean =>
  (mode & 0o170000) !== 0o120000 && (mode & 0o002) !== 0

/** Debian's own places, read-only in a container that is. */
const allowedToWrite = ['/tmp', '/var/tmp', '/run/lock', '/var/lock', '/home/nonroot']

const megabytes = (bytes: number): number => Math.round(bytes / 1e6)

t.test('its SBOM names its packages of npm, no more and no less', { skip }, async (t) => {
  const sbom = await inImage(
    engine,
    (root) => JSON.parse(readFileSync(join(root, 'app/sbom.cdx.json'), 'utf8')) as Sbom,
  )
  t.match(sbom, {
    bomFormat: 'CycloneDX',
    metadata: { component: { type: 'application', name: 'cognito-gate', version } },
  })
  const listed = sbom.components.map(({ name, version }) => `${name}@${version}`)
  const installed = packages.map(({ name, version }) => `${name}@${version}`)
  t.strictSame(listed.toSorted(), [...new Set(installed)].toSorted())
  t.ok(
    sbom.components.every(({ hashes }) => hashes.length > 0),
    'each with its checksum',
  )
})

t.test('its words are commands of the gate', { skip }, async (t) => {
  const run = ['run', '--rm', ...confinement]
  t.equal(await engine.run('podman', ...run, image, '--version'), `${version}\n`)
  const check = ['check', '--config', 'config/sidecar.yaml']
  t.match(await engine.run('podman', ...run, image, ...check), 'ok: 1 authorizer')
  const wrong = await engine.start('podman', [...run, image, 'sevre']).exited
  t.equal(wrong.code, 64, 'the exit code is the gate’s')
})

t.test('the demo’s tour ends with 0 in it, given a /tmp to write to', { skip }, async (t) => {
  const run = ['run', '--rm', ...confinement, '--tmpfs=/tmp']
  const tour = await engine.run('podman', ...run, image, 'demo', '--exit')
  t.match(tour, /All \d+ answers were as expected/)
})

/** The gate in a container before nginx, with a key set and a configuration from mounted files. */
const startConfigured = async (scope: Scope) => {
  const pool = await createUserPool({ poolId: 'eu-west-1_Container', clientId: 'client' })
  scope.teardown(pool.close)
  const nginx = await startNginx(scope)
  const dir = tempDir(scope)
  const [configFile, jwksFile] = [join(dir, 'gate.yaml'), join(dir, 'jwks.json')]
  writeFileSync(jwksFile, JSON.stringify(pool.jwks()))
  writeFileSync(
    configFile,
    `
upstream: { url: '${nginx.url}' }
authorizers:
  pool:
    type: COGNITO_USER_POOLS
    userPoolIds: [${pool.poolId}]
    clientIds: [${pool.clientId}]
    issuer: '${pool.issuer}'
    jwksFile: /etc/cognito-gate/jwks.json
claimHeaders: { X-Claim-Username: 'cognito:username' }
shutdown: { drainDelayMs: 500, graceMs: 10000 }
routes: [{ path: '/{proxy+}', method: ANY, authorizer: pool }]
`,
  )
  const gate = await startContainer(scope, engine, {
    env: { CONFIG_FILE: '/etc/cognito-gate/gate.yaml' },
    mounts: { '/etc/cognito-gate/gate.yaml': configFile, '/etc/cognito-gate/jwks.json': jwksFile },
  })
  await untilReady(gate)
  return { pool, gate }
}

t.test('confined to the utmost, it serves, is healthy, and drains', { skip }, async (t) => {
  const { pool, gate } = await startConfigured(t)
  const token = pool.idToken({ 'cognito:username': 'jane' })
  const place = { route: 'ANY /{proxy+}', authorizer: 'pool' }
  await runCases(t, gate, [
    {
      name: 'a user passes',
      method: 'POST',
      path: '/orders/17?x=1',
      args: [...bearer(token), '--data', 'hello', '-H', 'X-Claim-Username: mallory'],
      want: { ...place, claims: [['X-Claim-Username', 'jane']] },
    },
    { name: 'nobody does not', path: '/orders/17', want: unauthorized(place, 'token_missing') },
  ])
  await checkSecrets(t, gate, secretsOf(token))

  await t.test('the process has no rights, and not more memory than it was given', async (t) => {
    const script = `
      const { readFileSync, writeFileSync } = require('node:fs')
      const status = readFileSync('/proc/1/status', 'utf8')
      const field = (name) => new RegExp('^' + name + ':\\\\s*(.*)$', 'm').exec(status)[1]
      const write = (path) => { try { writeFileSync(path, '') } catch (error) { return error.code } }
      console.log(JSON.stringify({
        uid: field('Uid'), effective: field('CapEff'), bounding: field('CapBnd'),
        noNewPrivileges: field('NoNewPrivs'), memory: process.constrainedMemory(),
        writes: ['/app/x', '/tmp/x', '/home/nonroot/x', '/run/x', '/x'].map(write),
      }))`
    const command = ['exec', gate.name, '/nodejs/bin/node', '-e', script]
    const readOnly = (code: string): boolean => ['EROFS', 'EACCES'].includes(code)
    const { writes, ...seen } = JSON.parse(await engine.run('podman', ...command)) as {
      readonly writes: readonly string[]
    }
    t.strictSame(seen, {
      uid: '65532\t65532\t65532\t65532',
      effective: '0000000000000000',
      bounding: '0000000000000000',
      noNewPrivileges: '1',
      memory: 256 * 1024 * 1024,
    })
    t.ok(writes.every(readOnly), `nothing can be written: ${writes.join(' ')}`)
  })

  await t.test('the health check tells a gate that lives from none', async (t) => {
    await engine.run('podman', 'healthcheck', 'run', gate.name)
    const { Healthcheck } = await inspectImage()
    const command = Healthcheck?.Test.slice(1) ?? []
    const elsewhere = ['exec', `--env=ADMIN_PORT=${await freePort()}`, gate.name]
    const { code } = await engine.start('podman', [...elsewhere, ...command]).exited
    t.equal(code, 1)
  })

  await t.test('SIGTERM to its first process loses no request', async (t) => {
    const slow = curl(...bearer(token), `${gate.url}/slow/30`)
    await gate.program.until(async () => {
      const metrics = await (await fetch(`${gate.adminUrl}/metrics`)).text()
      return metrics.includes('\ncognito_gate_requests_in_flight 1\n') ? true : undefined
    })
    const begun = Date.now()
    t.strictSame(await gate.stop(), { code: 0, signal: null })
    t.ok(Date.now() - begun < 10_000, 'within its grace period')
    t.match(await slow, { status: 200, body: 'done' })
    t.ok(gate.log().some(({ msg }) => String(msg).includes('nothing was cut')))
  })
})

t.test('a hundred thousand tokens fit into its memory', { skip }, (t) => checkTokens(t, engine))

t.test('the Kubernetes example is a pod, and is rolled under load', { skip }, (t) =>
  checkRolling(t, engine),
)

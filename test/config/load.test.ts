import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { stringify } from 'yaml'
import { loadSettings, type LoadOptions } from '../../src/config/load.ts'
import { compileRoutes } from '../../src/routing/table.ts'
import { readExport } from '../../src/openapi/read.ts'

const load = (options: Partial<LoadOptions>) =>
  loadSettings({ file: undefined, env: {}, checkRoutes: () => [], readExport, ...options })

const problemsOf = async (options: Partial<LoadOptions>): Promise<readonly string[]> => {
  const loaded = await load(options)
  return loaded.ok ? [] : loaded.error.map(({ path, message }) => `${path}: ${message}`)
}

const folder = t.testdir()
let files = 0

const fileOf = (text: string | Uint8Array): string => {
  files += 1
  const path = join(folder, `${files}.yaml`)
  writeFileSync(path, text)
  return path
}

const sidecar = { UPSTREAM_URL: 'http://127.0.0.1:3000', COGNITO_USER_POOL_IDS: 'eu-west-1_Ab' }

t.test('the environment alone is enough for a sidecar', async (t) => {
  const loaded = await load({ env: { ...sidecar, COGNITO_CLIENT_IDS: 'a, b', LISTEN_PORT: '0' } })
  t.match(loaded, {
    ok: true,
    value: {
      listen: { port: 0 },
      upstream: { origin: 'http://127.0.0.1:3000' },
      authorizers: [{ name: 'default', clientIds: ['a', 'b'] }],
      routes: [{ path: '$default', methods: ['ANY'], access: { authorizer: 'default' } }],
    },
  })
})

t.test('defaults yield to the file, and the file to the environment', async (t) => {
  const file = fileOf(
    'listen: { port: 1, host: 127.0.0.1 }\nlog: { level: debug }\nclaimHeaders: {}',
  )
  const loaded = await load({ file, env: { ...sidecar, LISTEN_PORT: '2' } })
  t.match(loaded, {
    ok: true,
    value: {
      listen: { port: 2, host: '127.0.0.1' },
      log: { level: 'debug', requests: 'denied' },
      admin: { port: 9090 },
    },
  })
  t.strictSame(loaded.ok && loaded.value.claimHeaders, {})
})

t.test('the file is --config, else CONFIG_FILE, else none', async (t) => {
  const one = fileOf('listen: { port: 1 }')
  const two = fileOf('listen: { port: 2 }')
  const port = async (options: Partial<LoadOptions>) => {
    const loaded = await load(options)
    return loaded.ok ? loaded.value.listen.port : undefined
  }
  t.equal(await port({ file: one, env: { ...sidecar, CONFIG_FILE: two } }), 1)
  t.equal(await port({ env: { ...sidecar, CONFIG_FILE: two } }), 2)
  t.equal(await port({ env: { ...sidecar, CONFIG_FILE: '' } }), 8080)
  t.equal(await port({ env: sidecar }), 8080)
})

t.test('a file that cannot be read is one problem, beside those of the environment', async (t) => {
  const file = join(folder, 'none.yaml')
  t.strictSame(await problemsOf({ file, env: { LISTEN_PORT: 'x' } }), [
    `${file}: cannot be read: there is no such file`,
    'LISTEN_PORT: "x" is not a whole number; give one from 0 to 65535',
  ])
  const broken = fileOf('a: {')
  t.match(await problemsOf({ file: broken }), [new RegExp(`^${broken}: line 1, column `)])
})

t.test('settings are frozen throughout', async (t) => {
  const loaded = await load({ env: sidecar })
  const check = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    t.ok(Object.isFrozen(value))
    Object.values(value).forEach(check)
  }
  check(loaded.ok && loaded.value)
})

t.test('relative files start at the folder of the configuration', async (t) => {
  const own = t.testdir({
    'keys.json': '{"keys":[]}',
    'gate.yaml': stringify({
      upstream: { url: 'http://app' },
      authorizers: {
        a: {
          type: 'JWT',
          jwtConfiguration: { issuer: 'https://idp/', audience: ['x'] },
          jwksFile: 'keys.json',
        },
      },
    }),
  })
  t.match(await load({ file: join(own, 'gate.yaml') }), {
    ok: true,
    value: {
      authorizers: [{ issuers: [{ keys: { kind: 'file', path: join(own, 'keys.json') } }] }],
    },
  })
})

t.test('what the route table finds comes with the rest, in its place', async (t) => {
  const file = fileOf(
    [
      'routes:',
      '  - { path: a, method: GET, authorizationType: NONE }',
      '  - { path: /b, method: get, authorizationType: NONE }',
      'upstream: { url: "http://app", maxQueued: x }',
    ].join('\n'),
  )
  const seen: unknown[] = []
  const checkRoutes: LoadOptions['checkRoutes'] = (routes) => {
    seen.push(routes.map(({ path }) => path))
    return [{ path: 'routes[0].path', message: 'does not begin with /' }]
  }
  t.strictSame(await problemsOf({ file, checkRoutes }), [
    'routes[0].path: does not begin with /',
    'routes[1].method: "get" is not a method; write GET',
    'upstream.maxQueued: "x" is not a whole number; give one from 0 to 1000000',
  ])
  t.strictSame(seen, [['a', '/b']])
})

t.test('every example loads, and so does the reference file once it has an upstream', async (t) => {
  const examples = join(import.meta.dirname, '..', '..', 'config')
  const names = readdirSync(examples).filter((name) => name.endsWith('.yaml'))
  t.ok(names.length > 6)
  const checkRoutes: LoadOptions['checkRoutes'] = (routes) => {
    const compiled = compileRoutes(routes)
    return compiled.ok ? [] : compiled.error
  }
  for (const name of names) {
    const env = name === 'reference.yaml' ? sidecar : {}
    t.strictSame(await problemsOf({ file: join(examples, name), env, checkRoutes }), [], name)
  }
  const reference = await load({ file: join(examples, 'reference.yaml'), env: sidecar })
  t.strictSame(reference, await load({ env: sidecar }))
})

t.test('proxies of the environment are for keys; one that is none is a problem', async (t) => {
  const env = { ...sidecar, HTTPS_PROXY: 'http://proxy:3128', no_proxy: 'idp.example' }
  t.match(await load({ env }), {
    ok: true,
    value: {
      jwks: { proxies: { https: { origin: 'http://proxy:3128' }, except: ['idp.example'] } },
    },
  })
  t.match(await problemsOf({ env: { ...env, http_proxy: 'ftp://jane:secret@proxy' } }), [
    /^http_proxy: has the scheme "ftp:"/,
  ])
})

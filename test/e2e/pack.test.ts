// What npm would publish: packed as a release packs it, installed elsewhere, and used by the README's words.
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { startProgram, type Scope } from './helpers/program.ts'
import { tempDir } from './helpers/temp-dir.ts'

// It installs from the npm registry.
t.setTimeout(120_000)

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }

/** How npm reaches the registry on this machine. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      /^(?:npm_config_registry|NODE_EXTRA_CA_CERTS|.*_proxy)$/i.test(entry[0]),
  ),
)

const run = async (scope: Scope, cwd: string, ...words: readonly [string, ...string[]]) => {
  const [command, ...args] = words
  const program = startProgram(scope, command, args, { cwd, env })
  const { code } = await program.exited
  return { code, stdout: program.stdout(), stderr: program.stderr() }
}

/**
 * A copy of the project, with what an earlier build left. A release builds anew; here that takes what
 * `npm run test:e2e` has just built, by programs of the compilers' names.
 */
const copyProject = (scope: Scope): string => {
  const dir = tempDir(scope)
  const others = ['node_modules', '.git', 'dist', '.tap', 'test']
  for (const name of readdirSync('.').filter((name) => !others.includes(name))) {
    cpSync(name, join(dir, name), { recursive: true })
  }
  mkdirSync(join(dir, 'dist'))
  writeFileSync(join(dir, 'dist', 'stale.js'), '')
  const bin = join(dir, 'node_modules', '.bin')
  mkdirSync(bin, { recursive: true })
  const compilers = { tsc: '', esbuild: `cp -R '${resolve('dist')}' dist` }
  for (const [name, script] of Object.entries(compilers)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }
  return dir
}

interface Packed {
  readonly filename: string
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string }[]
}

const filesBelow = (dir: string): readonly string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

const distinct = (paths: readonly string[]): readonly string[] => [...new Set(paths)].toSorted()

/** All that a program of the build loads, itself included, by the imports in it. */
const loadedBy = (file: string, found = new Set<string>()): ReadonlySet<string> => {
  if (found.has(file)) return found
  found.add(file)
  const imports = readFileSync(file, 'utf8').matchAll(/(?:from |import |import\()"\.\/([^"]+)"/g)
  for (const [, name] of imports) loadedBy(join('dist', name as string), found)
  return found
}

const project = copyProject(t)
const elsewhere = tempDir(t)

t.test('the package has what was built from src, and what it is used with', async (t) => {
  // As in the release workflow.
  const pack = ['pack', '--json', '--ignore-scripts=false', '--pack-destination', elsewhere]
  const { code, stdout, stderr } = await run(t, project, 'npm', ...pack)
  t.equal(code, 0, stderr)
  const [packed] = JSON.parse(stdout) as readonly [Packed]
  t.strictSame(
    packed.files.map(({ path }) => path).toSorted(),
    distinct([
      ...['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json'],
      ...filesBelow('config'),
      ...loadedBy('dist/main.js'),
      ...loadedBy('dist/load-thread.js'),
    ]),
  )
  t.ok(packed.unpackedSize < 1e6, `it stays small: ${packed.unpackedSize} bytes`)
  t.equal(packed.filename, `cognito-gate-${version}.tgz`)
})

t.test('what was built is of src alone; packages stay packages', async (t) => {
  const maps = filesBelow('dist').filter((path) => path.endsWith('.map'))
  const built = filesBelow('dist').filter((path) => path.endsWith('.js'))
  t.strictSame(maps.toSorted(), built.map((path) => `${path}.map`).toSorted())
  const sources = maps.flatMap((path) => {
    const { sources } = JSON.parse(readFileSync(path, 'utf8')) as { sources: readonly string[] }
    return sources.map((source) => join('dist', source))
  })
  t.strictSame(distinct(sources), sources.toSorted(), 'no module is there twice')
  const known = new Set(filesBelow('src'))
  t.strictSame(
    sources.filter((source) => !known.has(source)),
    [],
  )
})

t.test('it installs, and does what the README says', async (t) => {
  writeFileSync(join(elsewhere, 'package.json'), '{ "private": true }')
  const tarball = `./cognito-gate-${version}.tgz`
  const how = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']
  const installed = await run(t, elsewhere, 'npm', 'install', ...how, tarball)
  t.equal(installed.code, 0, installed.stderr)

  const gate = (...words: readonly string[]) => run(t, elsewhere, 'npx', 'cognito-gate', ...words)
  t.strictSame(await gate('--version'), { code: 0, stdout: `${version}\n`, stderr: '' })
  t.match(await gate('demo', '--exit'), { code: 0, stdout: /All \d+ answers were as expected/ })

  const imported = await gate('import', 'node_modules/cognito-gate/config/orders-export.json')
  t.equal(imported.code, 0, imported.stderr)
  writeFileSync(join(elsewhere, 'gate.yaml'), imported.stdout)
  t.match(await gate('check', '--config', 'gate.yaml'), {
    code: 0,
    stdout: /^ok: 1 authorizer, 5 routes/m,
  })
  const request = ['--method', 'GET', '--path', '/orders/7']
  t.equal(
    (await gate('explain', '--config', 'gate.yaml', ...request)).code,
    77,
    'refused without a token',
  )
})

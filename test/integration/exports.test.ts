// API Gateway definitions found in public, rewritten (test/fixtures/exports says where each comes
// from), imported and run: every operation has the outcome that API Gateway gave it, or is refused.
import { readdirSync, readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { importExport } from '../../src/commands/import.ts'
import { loadSettings, loadText } from '../../src/config/load.ts'
import { unwrap } from '../../src/core/result.ts'
import { createUserPool, type UserPool } from '../../src/demo/user-pool.ts'
import { readExport } from '../../src/openapi/read.ts'
import {
  startExportedGate,
  type ExportCase,
  type ExportedGate,
  type Operation,
} from '../helpers/exported-gate.ts'
import { createShell } from '../helpers/shell.ts'

const folder = new URL('../fixtures/exports/', import.meta.url).pathname
const cases = JSON.parse(readFileSync(`${folder}outcomes.json`, 'utf8')) as ExportCase[]

/** A request of the operation: parameters filled in, and for ANY a method that no sibling has. */
const requestOf = ({ method, path }: Operation, all: readonly Operation[]) => {
  const taken = all.filter((other) => other.path === path).map((other) => other.method)
  const free = ['GET', 'PUT', 'PATCH'].find((each) => !taken.includes(each))
  return {
    method: method === 'ANY' ? String(free) : method,
    path:
      path === '$default'
        ? '/no/such/path'
        : path.replaceAll(/\{[^}]*\+\}/g, '7/8').replaceAll(/\{[^}]*\}/g, '7'),
  }
}

interface Asked {
  readonly gate: ExportedGate
  readonly operation: Operation
  readonly method: string
  readonly path: string
  readonly apiType: 'REST' | 'HTTP'
}

/** What the requests of one operation came to: a line for each. */
const outcomes = async ({ gate, operation, method, path, apiType }: Asked) => {
  const { outcome, authorizer, scopes } = operation
  const say = async (name: string, token?: string) => {
    const { status, reached } = await gate.ask(method, path, token, authorizer)
    const url = reached?.url.replace(/\?.*/, '')
    return `${name}: ${status < 300 ? 'answered' : status}${url === path ? ', served' : ''}`
  }
  if (outcome !== 'token' || authorizer === undefined) return [await say('no token')]
  const token = (kind: 'id' | 'access', scope?: string) =>
    gate.token(authorizer, kind, scope === undefined ? {} : { scope })
  const lines = [await say('no token'), await say('forged', `${token('id')}x`)]
  if (scopes === undefined) {
    lines.push(await say('id', token('id')))
    if (apiType === 'REST') lines.push(await say('access', token('access')))
    return lines
  }
  for (const scope of scopes) lines.push(await say('scope', token('access', `other ${scope}`)))
  lines.push(await say('no scope', token('access', 'other')))
  return lines
}

const expected = ({ outcome, scopes }: Operation, apiType: 'REST' | 'HTTP'): readonly string[] => {
  if (outcome === 'public') return ['no token: answered, served']
  if (outcome === 'mock') return ['no token: answered']
  if (outcome === 'denied') return ['no token: 403']
  const refused = ['no token: 401', 'forged: 401']
  if (scopes !== undefined) {
    const missed = `no scope: ${apiType === 'REST' ? 401 : 403}`
    return [...refused, ...scopes.map(() => 'scope: answered, served'), missed]
  }
  const id = [...refused, 'id: answered, served']
  return apiType === 'REST' ? [...id, 'access: 401'] : id
}

const check = async (t: Test, each: ExportCase, pool: UserPool) => {
  const gate = await startExportedGate(t, { ...each, file: folder + each.file }, pool)
  t.strictSame(
    gate.authorizers.map(({ name }) => name).sort(),
    [...each.authorizers].sort(),
    'the authorizers',
  )
  for (const operation of each.operations) {
    const { apiType } = each
    const { method, path } = requestOf(operation, each.operations)
    const label = `${operation.method} ${operation.path} is ${operation.outcome}`
    const seen = await outcomes({ gate, operation, method, path, apiType })
    t.strictSame(seen, expected(operation, apiType), label)
    if (operation.headers === undefined) continue
    const { authorizer } = operation
    const token = authorizer === undefined ? undefined : gate.token(authorizer, 'id')
    const { reached } = await gate.ask(method, path, token, authorizer)
    t.match(reached?.headers, lowerCased(operation.headers), `${label}, with its headers`)
  }
}

const lowerCased = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

t.test('every export in the folder is run', async (t) => {
  const files = readdirSync(folder).filter((name) => !/^(README\.md|outcomes\.json)$/.test(name))
  t.strictSame(files.sort(), cases.map(({ file }) => file).sort())
})

t.test('every operation of every export has the right outcome', async (t) => {
  const pool = await createUserPool({ poolId: 'eu-west-1_AbCdEf123', clientId: 'app' })
  t.teardown(() => pool.close())
  for (const each of cases) await t.test(each.file, (t) => check(t, each, pool))
})

t.test('what import writes says the same as the export itself', async (t) => {
  for (const { file, apiType } of cases) {
    const { shell, state } = createShell()
    t.equal(await importExport([folder + file], shell), 0, `${file}: ${state.stderr}`)
    const options = { env: {}, checkRoutes: () => [], readExport }
    const dir = t.testdir({
      'gate.yaml': `apiType: ${apiType}\nopenapi: ${folder}${file}\nupstream: { url: 'http://a' }`,
    })
    const { routes, authorizers, gatewayResponses, cors } = unwrap(
      await loadSettings({ ...options, file: `${dir}/gate.yaml` }),
    )
    const imported = unwrap(loadText(state.stdout, 'gate.yaml', options))
    const bare = (list: typeof routes) => list.map((route) => ({ ...route, origin: '' }))
    t.strictSame(bare(imported.routes), bare(routes), `${file}: routes`)
    t.strictSame(
      [imported.apiType, imported.authorizers, imported.gatewayResponses, imported.cors],
      [apiType, authorizers, gatewayResponses, cors],
      file,
    )
  }
})

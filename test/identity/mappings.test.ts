import t from 'tap'
import type { RequestView } from '../../src/core/expression.ts'
import { compileMappings } from '../../src/identity/mappings.ts'
import { mappedRoutes } from '../helpers/mapped-routes.ts'

const nothing: RequestView = {
  header: () => undefined,
  query: () => undefined,
  path: () => undefined,
  requestPath: () => undefined,
  context: () => undefined,
  claim: () => undefined,
}

const compiled = (given: Readonly<Record<string, string>>, apiType: 'REST' | 'HTTP' = 'HTTP') =>
  compileMappings(mappedRoutes([given], { apiType, stageVariables: {} })[0]!.requestParameters)

t.test('no mappings are nothing to do', async (t) => {
  t.equal(compiled({}), undefined)
})

t.test('mappings know their names under every alias', async (t) => {
  const mappings = compiled({
    'overwrite:header.X-O': '$request.header.a',
    'append:header.X-A': '$request.header.a',
    'append:header.X-G': '$context.requestId',
    'remove:header.X-R': '',
  })!
  t.strictSame(
    ['x-o', 'X_O', 'x-a', 'x.g', 'X-R', 'x-other'].map((name) => mappings.replaces(name)),
    [true, true, false, true, true, false],
  )
  const lines = ['X_A', '1', 'x-other', 'X-A', 'X-R', '2', 'X-O', '3']
  t.strictSame(mappings.without(lines), ['x-other', 'X-A'])
  t.equal(mappings.host, undefined)
})

t.test('lines come in the order written, those without a value left out', async (t) => {
  const mappings = compiled({
    'overwrite:header.X-B': '$request.header.b',
    'overwrite:header.X-None': '$request.header.none',
    'append:header.X-A': 'a $request.header.none.',
    'overwrite:header.X-Empty': '',
    'remove:header.X-R': '',
  })!
  const view = { ...nothing, header: (name: string) => (name === 'b' ? '1' : undefined) }
  t.strictSame(mappings.lines(view), ['X-B', '1', 'X-A', 'a .', 'X-Empty', ''])
})

t.test('a mapped Host is kept apart', async (t) => {
  const mappings = compiled({ 'integration.request.header.HOST': "'a.b:80'" }, 'REST')!
  t.equal(mappings.host, 'a.b:80')
  t.strictSame(mappings.lines(nothing), [])
})

t.test('a Host is made of literals alone, whatever else stands in it', async (t) => {
  const expression = [
    { from: 'literal', text: 'orders' },
    { from: 'header', name: 'x-host' },
    { from: 'literal', text: '.internal' },
  ] as const
  const mappings = compileMappings([{ action: 'overwrite', name: 'Host', expression }])!
  t.equal(mappings.host, 'orders.internal')
})

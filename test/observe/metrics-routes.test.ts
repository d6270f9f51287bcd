import { Registry } from 'prom-client'
import t from 'tap'
import { createRouteSeries, remember } from '../../src/observe/metrics-routes.ts'
import { route, tokenAccess } from './fixtures.ts'

const at = (index: number, path: string, authorizer = 'pool') =>
  route(index, `GET ${path}`, tokenAccess(authorizer))

const setUp = () => {
  const registry = new Registry()
  const series = createRouteSeries(registry)
  const shown = async (part: string): Promise<readonly string[]> =>
    (await registry.metrics())
      .split('\n')
      .filter((line) => line.startsWith('cognito_gate_') && line.includes(part))
      .map((line) => line.replace('cognito_gate_', ''))
  return { series, shown }
}

t.test('a route that another table has too goes on counting, wherever it stands', async (t) => {
  const { series, shown } = setUp()
  const [before, after] = [at(0, '/a'), at(1, '/a')]
  series.follow([before])
  series.childrenOf(before).answered(200).value += 1
  series.follow([at(0, '/b'), after])
  series.childrenOf(after).answered(200).value += 1
  series.childrenOf(before).answered(200).value += 1
  t.strictSame(await shown('route="GET /a",code'), ['requests_total{route="GET /a",code="200"} 3'])
})

t.test('a route that gets another authorizer is still the same route', async (t) => {
  const { series, shown } = setUp()
  const [before, after] = [at(0, '/a'), at(0, '/a', 'other')]
  series.follow([before])
  series.childrenOf(before).answered(200).value += 1
  series.childrenOf(before).allowed().value += 1
  series.follow([after])
  series.childrenOf(after).answered(200).value += 1
  series.childrenOf(after).allowed().value += 1
  t.strictSame(await shown('route="GET /a"'), [
    'requests_total{route="GET /a",code="200"} 2',
    'authorizations_total{route="GET /a",authorizer="pool",outcome="allow",reason=""} 1',
    'authorizations_total{route="GET /a",authorizer="other",outcome="allow",reason=""} 1',
  ])
})

t.test('a route that was taken out is shown for one more reload, then no more', async (t) => {
  const { series, shown } = setUp()
  const gone = at(0, '/gone')
  const stays = at(1, '/stays')
  series.follow([gone, stays])
  const children = series.childrenOf(gone)
  children.answered(200).value += 1
  children.observeDuration(0.1)
  children.wouldDeny('token_missing').value += 1
  series.follow([stays])
  children.answered(200).value += 1
  t.strictSame(await shown('route="GET /gone",code'), [
    'requests_total{route="GET /gone",code="200"} 2',
  ])
  series.follow([stays])
  t.strictSame(await shown('GET /gone'), [])
  // One request of it is still under way: it counts for nobody, and brings nothing back.
  children.answered(500).value += 1
  children.observeDuration(1)
  children.denied('internal').value += 1
  t.strictSame(await shown('GET /gone'), [])
  const back = at(0, '/gone')
  series.follow([back, stays])
  series.childrenOf(back).answered(200).value += 1
  t.strictSame(await shown('route="GET /gone",code'), [
    'requests_total{route="GET /gone",code="200"} 1',
  ])
})

t.test('a hundred reloads leave the series of two tables behind', async (t) => {
  const { series, shown } = setUp()
  for (let turn = 0; turn < 100; turn += 1) {
    const only = at(0, `/${turn}`)
    series.follow([only])
    series.childrenOf(only).answered(200).value += 1
    series.childrenOf(only).observeDuration(0.1)
  }
  t.equal((await shown('requests_total{')).length, 2)
  t.equal((await shown('duration_seconds_count')).length, 2)
  t.equal((await shown('none')).length, 1)
})

t.test('a duration that is dropped before it was observed is not shown afterwards', async (t) => {
  const { series, shown } = setUp()
  const gone = at(0, '/gone')
  series.follow([gone])
  const { observeDuration } = series.childrenOf(gone)
  series.follow([])
  series.follow([])
  observeDuration(1)
  t.strictSame(await shown('GET /gone'), [])
})

t.test('a value is made once', async (t) => {
  let made = 0
  const get = remember((key: string) => `${key}${(made += 1)}`)
  t.strictSame([get('a'), get('b'), get('a')], ['a1', 'b2', 'a1'])
})

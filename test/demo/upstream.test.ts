import t from 'tap'
import { createSampleUpstream } from '../../src/demo/upstream.ts'

t.test('it answers with what it saw and counts', async (t) => {
  const upstream = await createSampleUpstream()
  t.teardown(() => upstream.close())
  const answer = await fetch(`${upstream.url}/a?b`, {
    method: 'POST',
    body: 'x',
    headers: { 'x-a': '1' },
  })
  const seen = (await answer.json()) as { method: string; path: string; headers: string[][] }
  t.equal(seen.method, 'POST')
  t.equal(seen.path, '/a?b')
  t.ok(seen.headers.some(([name, value]) => name === 'x-a' && value === '1'))
  t.equal(upstream.count(), 1)
})

import t from 'tap'
import { upstreamMs, type Exchange } from '../../src/proxy/exchange.ts'

t.test('the upstream’s time is what lies between its two marks', async (t) => {
  const exchange = (upstreamStartMs?: number, upstreamEndMs?: number) =>
    ({ upstreamStartMs, upstreamEndMs }) as Exchange
  t.equal(upstreamMs(exchange(5, 12)), 7)
  t.equal(upstreamMs(exchange()), 0, 'a request that it never had')
})

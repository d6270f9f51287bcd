import type { IncomingMessage } from 'node:http'
import t from 'tap'
import { createRequestIds, makeRequestId } from '../../src/server/request-id.ts'

const from = (remoteAddress: string | undefined, ...rawHeaders: string[]) =>
  ({ socket: { remoteAddress }, rawHeaders }) as unknown as IncomingMessage

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

t.test('only a trusted peer names a request', async (t) => {
  const idOf = createRequestIds(['10.0.0.0/8'], 'REST')
  t.equal(idOf(from('10.1.2.3', 'x-REQUEST-id', 'abc-1')), 'abc-1')
  t.equal(idOf(from('::ffff:10.1.2.3', 'X-Request-Id', 'abc-1')), 'abc-1')
  t.match(idOf(from('11.1.2.3', 'X-Request-Id', 'abc-1')), uuid)
  t.match(idOf(from(undefined, 'X-Request-Id', 'abc-1')), uuid)
  t.match(createRequestIds([], 'REST')(from('10.1.2.3', 'X-Request-Id', 'abc-1')), uuid)
})

t.test('an id that could do harm, or is not one, is not taken over', async (t) => {
  const idOf = createRequestIds(['10.0.0.0/8'], 'REST')
  for (const id of ['', 'a b', 'a\tb', 'é', '"x"', '<x>', 'a,b', 'x'.repeat(129)]) {
    t.match(idOf(from('10.0.0.1', 'X-Request-Id', id)), uuid, id)
  }
  t.match(idOf(from('10.0.0.1', 'X-Request-Id', 'a', 'X-Request-Id', 'a')), uuid, 'two of them')
  t.match(idOf(from('10.0.0.1', 'X_Request_Id', 'a')), uuid, 'another spelling')
  t.match(idOf(from('10.0.0.1')), uuid)
  t.equal(idOf(from('10.0.0.1', 'X-Request-Id', 'x'.repeat(128))), 'x'.repeat(128))
})

t.test('an id of our own has the form that the API type has at API Gateway', async (t) => {
  const request = from('10.0.0.1')
  for (let round = 0; round < 100; round += 1) {
    t.match(createRequestIds([], 'REST')(request), uuid)
    t.match(createRequestIds([], 'HTTP')(request), /^[A-Za-z0-9+/]{15}=$/)
  }
  const trusted = createRequestIds(['10.0.0.0/8'], 'HTTP')
  const own = makeRequestId.HTTP()
  t.equal(trusted(from('10.0.0.1', 'X-Request-Id', own)), own, 'another gate takes it over')
})

t.test('no two requests have one id', async (t) => {
  for (const apiType of ['REST', 'HTTP'] as const) {
    const idOf = createRequestIds([], apiType)
    t.equal(new Set(Array.from({ length: 1000 }, () => idOf(from('10.0.0.1')))).size, 1000)
  }
})

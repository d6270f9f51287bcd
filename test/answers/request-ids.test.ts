import t from 'tap'
import { extendedRequestId, requestIdHeaders } from '../../src/answers/request-ids.ts'

t.test('the extended id has the form of API Gateway and follows from the id', async (t) => {
  t.match(extendedRequestId('a'), /^[A-Za-z0-9+/]{15}=$/)
  t.equal(extendedRequestId('a'), extendedRequestId('a'))
  t.not(extendedRequestId('a'), extendedRequestId('b'))
})

t.test('each kind of API has its own id headers', async (t) => {
  t.strictSame(requestIdHeaders('REST', 'id'), [
    'x-amzn-RequestId',
    'id',
    'x-amz-apigw-id',
    extendedRequestId('id'),
  ])
  t.strictSame(requestIdHeaders('HTTP', 'id'), ['apigw-requestid', 'id'])
})

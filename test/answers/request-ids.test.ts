import { randomUUID } from 'node:crypto'
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

t.test(
  'that of an id of our own is its first 11 bytes, whatever else a given one holds',
  async (t) => {
    const uuid = '00112233-4455-6677-8899-aabbccddeeff'
    t.equal(
      extendedRequestId(uuid),
      Buffer.from('00112233445566778899aa', 'hex').toString('base64'),
    )
    for (let count = 0; count < 500; count += 1) {
      const own = randomUUID()
      const bytes = Buffer.from(own.replaceAll('-', ''), 'hex').subarray(0, 11)
      t.equal(extendedRequestId(own), bytes.toString('base64'), own)
    }
    const given = [
      'zz112233-4455-6677-8899-aabbccddeeff',
      '001122334455-6677-8899-aabb-ccddeeff',
      '00112233-4455-6677-8899-aAbbccddeeff',
      '00112233-4455-6677-889:-aabbccddeeff',
      '0011',
      '-',
      'x'.repeat(128),
      'x'.repeat(36),
    ]
    for (const id of given) t.match(extendedRequestId(id), /^[A-Za-z0-9+/]{15}=$/, id)
    t.equal(new Set([...given, uuid].map(extendedRequestId)).size, 9)
  },
)

// The names that stay on one connection.
import t from 'tap'
import {
  isAsLongAsHopByHop,
  isHopByHop,
  parseConnectionOptions,
} from '../../src/proxy/hop-by-hop.ts'

t.test('headers of a connection are told from those of a message', async (t) => {
  const connection = [
    'connection',
    'keep-alive',
    'proxy-connection',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
    'proxy-authenticate',
    'proxy-authorization',
    'http2-settings',
  ]
  t.strictSame(connection.filter(isHopByHop), connection)
  const message = ['authorization', 'cookie', 'date', 'x-te', 'www-authenticate', 'constructor']
  t.strictSame(message.filter(isHopByHop), [])
  t.strictSame(connection.filter(isAsLongAsHopByHop), connection)
  t.strictSame(['date', 'x-te'].filter(isAsLongAsHopByHop), [])
})

t.test('the options of a Connection field are lower-case names without the blanks', async (t) => {
  const cases = [
    { given: '', want: [] },
    { given: 'close', want: ['close'] },
    { given: 'Keep-Alive, X-Hop', want: ['keep-alive', 'x-hop'] },
    { given: ' ,, X-A ,\tX-B,', want: ['x-a', 'x-b'] },
  ]
  for (const { given, want } of cases) t.strictSame(parseConnectionOptions(given), want, given)
})

import t from 'tap'
import { distrust } from '../../src/status/guard.ts'

const judge = (headers: readonly string[], kind: 'page' | 'part' = 'part') =>
  distrust({ rawHeaders: [...headers] }, kind)

t.test('a name of loopback with any port is believed', async (t) => {
  for (const host of [
    ...['127.0.0.1', '127.0.0.1:9092', '127.8.9.10:1', 'localhost', 'LocalHost:8000'],
    ...['[::1]', '[::1]:9092'],
  ]) {
    t.equal(judge(['Host', host]), undefined, host)
  }
})

t.test('every other name is not, nor none, nor two', async (t) => {
  for (const host of [
    ...['', 'evil.example', 'evil.example:9092', 'localhost.', 'localhost.evil.example'],
    ...['a.localhost', '127.0.0.1.nip.io', '127.0.0.1@evil.example', 'evil.example#127.0.0.1'],
    ...['10.0.0.7', '0.0.0.0', '[::]', '[::ffff:7f00:1]', '::1', '127.1', '2130706433'],
    ...['127.0.0.1:', '127.0.0.1:x', '127.0.0.1:123456', 'localhost localhost'],
  ]) {
    t.equal(judge(['Host', host]), 'host', host)
  }
  t.equal(judge([]), 'host')
  t.equal(judge(['Host', 'localhost', 'host', 'localhost']), 'host')
})

t.test('a page of elsewhere may not read', async (t) => {
  const host = ['Host', 'localhost:9092']
  const visit = ['Sec-Fetch-Mode', 'navigate', 'Sec-Fetch-Dest', 'document']
  for (const [headers, want] of [
    [[], undefined],
    [['Origin', 'http://localhost:9092'], undefined],
    [['Origin', 'http://localhost:3000'], 'origin'],
    [['Origin', 'https://evil.example'], 'origin'],
    [['Origin', 'null'], 'origin'],
    [['Sec-Fetch-Site', 'same-origin'], undefined],
    [['Sec-Fetch-Site', 'none'], undefined],
    [['Sec-Fetch-Site', 'cross-site'], 'origin'],
    [['Sec-Fetch-Site', 'same-site'], 'origin'],
    [['Sec-Fetch-Site', 'none', 'Sec-Fetch-Site', 'cross-site'], 'origin'],
    [['Sec-Fetch-Site', 'cross-site', ...visit], 'origin'],
  ] as const) {
    t.equal(judge([...host, ...headers]), want, headers.join(' '))
  }
})

t.test('a link leads to the page, but no frame, and not to its parts', async (t) => {
  const from = ['Host', 'localhost', 'Sec-Fetch-Site', 'cross-site', 'Sec-Fetch-Mode', 'navigate']
  t.equal(judge([...from, 'Sec-Fetch-Dest', 'document'], 'page'), undefined)
  t.equal(judge([...from, 'Sec-Fetch-Dest', 'iframe'], 'page'), 'origin')
  t.equal(judge(from, 'page'), 'origin')
  t.equal(judge([...from, 'Sec-Fetch-Dest', 'document']), 'origin')
})

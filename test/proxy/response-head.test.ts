// Which lines of the upstream's answer the client gets.
import t from 'tap'
import { readLinks, readResponseHead } from '../../src/proxy/response-head.ts'

const raw = (...lines: string[]): Buffer[] => lines.map((line) => Buffer.from(line, 'latin1'))

t.test('a head is passed on as it is, without what belongs to the connection', async (t) => {
  const cases = [
    { name: 'nothing', status: 200, given: [], want: [] },
    {
      name: 'order, spelling, repetition and bytes are kept',
      status: 200,
      given: ['SET-cookie', 'a=1', 'x-A', 'caf\xe9 \xff', 'Set-Cookie', 'b=2', 'X-Empty', ''],
      want: ['SET-cookie', 'a=1', 'x-A', 'caf\xe9 \xff', 'Set-Cookie', 'b=2', 'X-Empty', ''],
    },
    {
      name: 'white space behind a length goes',
      status: 200,
      given: ['Content-length', '5 \t', 'X-A', 'b '],
      want: ['Content-length', '5', 'X-A', 'b '],
    },
    {
      name: 'hop-by-hop headers go',
      status: 200,
      given: [
        'Connection',
        'close',
        'Keep-Alive',
        'timeout=5',
        'Trailer',
        'X-Sum',
        'Upgrade',
        'h2c',
        'Proxy-Authenticate',
        'Basic',
        'Date',
        'today',
      ],
      want: ['Date', 'today'],
    },
    {
      name: 'so does what Connection names, before and after it',
      status: 200,
      given: [
        'X-Hop',
        '1',
        'Connection',
        'X-HOP, keep-alive',
        'x-hop',
        '2',
        'X-Stay',
        '3',
        'connection',
        'x-other',
        'X-Other',
        '4',
      ],
      want: ['X-Stay', '3'],
    },
    {
      name: 'chunks are undone and made anew',
      status: 200,
      given: ['Transfer-Encoding', ' Chunked ', 'X', '1'],
      want: ['X', '1'],
    },
    {
      name: 'gzip as a transfer coding',
      status: 200,
      given: ['Transfer-Encoding', 'gzip, chunked'],
      want: undefined,
    },
    {
      name: '204 has no length',
      status: 204,
      given: ['Content-Length', '0', 'X', '1'],
      want: ['X', '1'],
    },
    {
      name: '304 may state one',
      status: 304,
      given: ['Content-Length', '5'],
      want: ['Content-Length', '5'],
    },
  ]
  for (const { name, status, given, want } of cases) {
    t.strictSame(readResponseHead(status, raw(...given)), want, name)
  }
})

t.test('the links of a hint are found by name', async (t) => {
  t.strictSame(readLinks(raw('Link', '</a>; rel=preload', 'X', '1', 'LINK', '</b>; rel=preload')), [
    '</a>; rel=preload',
    '</b>; rel=preload',
  ])
})

t.test('no head of any bytes is misread: what is left are lines that were there', async (t) => {
  const seed = Date.now()
  let state = seed
  const random = (below: number): number => {
    state = (state * 1103515245 + 12345) % 2147483648
    return state % below
  }
  const names = ['Connection', 'X-A', 'set-cookie', 'TE', 'Transfer-Encoding', 'x-b', '']
  const values = ['x-a', 'close, X-B', 'chunked', ',,', '\xff\x00', 'te', '']
  for (let round = 0; round < 3000; round += 1) {
    const lines = Array.from({ length: random(8) }, () => [names[random(7)]!, values[random(7)]!])
    const head = readResponseHead(200, raw(...lines.flat()))
    const kept = head ?? []
    const pairs = lines.filter(([name, value]) =>
      kept.some((each, index) => index % 2 === 0 && each === name && kept[index + 1] === value),
    )
    const sound =
      kept.length % 2 === 0 &&
      pairs.length * 2 >= kept.length &&
      !kept.some((each, index) => index % 2 === 0 && /^(connection|te|transfer-.*)$/i.test(each))
    if (!sound) t.fail(`seed ${seed}: ${JSON.stringify(lines)} became ${JSON.stringify(head)}`)
  }
})

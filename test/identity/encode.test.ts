import fc from 'fast-check'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { claimEncoders } from '../../src/identity/encode.ts'
import type { RenderedClaim } from '../../src/identity/render.ts'

interface Case {
  readonly name: string
  readonly given: RenderedClaim
  readonly want: string
}

t.test('percent encodes what a header cannot carry, and nothing else', async (t) => {
  const cases: readonly Case[] = [
    { name: 'plain text', given: "a-Z 0~9!#$&'*+./:=?@[]{}", want: "a-Z 0~9!#$&'*+./:=?@[]{}" },
    { name: 'empty', given: '', want: '' },
    { name: 'a percent sign', given: '100%', want: '100%25' },
    { name: 'a header of its own', given: 'x\r\nX-Admin: 1', want: 'x%0D%0AX-Admin: 1' },
    { name: 'NUL, tab and DEL', given: '\0\t\x7f', want: '%00%09%7F' },
    { name: 'two bytes', given: 'é', want: '%C3%A9' },
    { name: 'three bytes', given: '日本', want: '%E6%97%A5%E6%9C%AC' },
    { name: 'four bytes', given: '😀', want: '%F0%9F%98%80' },
    { name: 'C1 controls', given: '\u0085', want: '%C2%85' },
    { name: 'spaces at the ends', given: '  a b ', want: '%20%20a b%20' },
    { name: 'only spaces', given: '  ', want: '%20%20' },
    { name: 'a no-break space at the end', given: 'a\u00a0', want: 'a%C2%A0' },
    { name: 'a lone surrogate', given: 'a\ud800b', want: 'a%EF%BF%BDb' },
    { name: 'a comma in a string stays', given: 'a,b', want: 'a,b' },
    { name: 'a comma in an element', given: ['a,admin', 'b'], want: 'a%2Cadmin,b' },
    { name: 'spaces at the ends of elements', given: [' a', 'b c'], want: '%20a,b c' },
    { name: 'no element', given: [], want: '' },
    { name: 'empty elements', given: ['', ''], want: ',' },
  ]
  for (const { name, given, want } of cases)
    t.equal(claimEncoders.percent(given, 'REST'), want, name)
})

t.test('the array of an HTTP API has brackets, and spaces between its elements', async (t) => {
  const cases: readonly (Case & { readonly utf8: string })[] = [
    {
      name: 'elements',
      given: ['admin', 'poweruser'],
      want: '[admin poweruser]',
      utf8: '[admin poweruser]',
    },
    { name: 'a space in an element', given: ['a b', 'c'], want: '[a%20b c]', utf8: '[a b c]' },
    { name: 'a comma in an element', given: ['a,admin'], want: '[a%2Cadmin]', utf8: '[a,admin]' },
    { name: 'spaces at the ends', given: [' a '], want: '[%20a%20]', utf8: '[ a ]' },
    { name: 'brackets', given: ['a]', '[b'], want: '[a] [b]', utf8: '[a] [b]' },
    {
      name: 'a header of its own',
      given: ['x\r\nA: 1'],
      want: '[x%0D%0AA:%201]',
      utf8: '[x%0D%0AA: 1]',
    },
    { name: 'no element', given: [], want: '[]', utf8: '[]' },
    { name: 'a string stays', given: 'a b, c', want: 'a b, c', utf8: 'a b, c' },
  ]
  for (const { name, given, want, utf8 } of cases) {
    t.equal(claimEncoders.percent(given, 'HTTP'), want, name)
    t.equal(claimEncoders.utf8(given, 'HTTP'), utf8, `${name}, utf8`)
  }
})

t.test('utf8 leaves the bytes as they are, controls excepted', async (t) => {
  const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
  const cases: readonly Case[] = [
    { name: 'plain text', given: ' 100% a,b ', want: ' 100% a,b ' },
    { name: 'a header of its own', given: 'x\r\nX-Admin: 1', want: 'x%0D%0AX-Admin: 1' },
    { name: 'NUL, tab and DEL', given: '\0\t\x7f', want: '%00%09%7F' },
    { name: 'one character per byte', given: 'é日😀', want: latin1('é日😀') },
    { name: 'a lone surrogate', given: '\udc00', want: latin1('\ufffd') },
    { name: 'elements', given: ['a,b', 'ü'], want: `a,b,${latin1('ü')}` },
    { name: 'only spaces', given: '  ', want: '  ' },
  ]
  for (const { name, given, want } of cases) t.equal(claimEncoders.utf8(given, 'REST'), want, name)
})

// Any sequence of UTF-16 code units, lone surrogates included.
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.string({ unit: fc.constantFrom(' ', ',', '%', 'a', '\r', '\n', 'é', '\ud83d', '\ude00') }),
)
const wellFormed = (text: string): string => Buffer.from(text, 'utf8').toString('utf8')

t.test('one decode of a percent value gives the claim back', async (t) => {
  fc.assert(
    fc.property(anyText, (text) => {
      const value = claimEncoders.percent(text, 'REST')
      return decodeURIComponent(value) === wellFormed(text) && value.trim() === value
    }),
    { numRuns: 2000 },
  )
  t.pass('fast-check prints its seed on failure')
})

t.test('a percent list splits at its borders into as many elements', async (t) => {
  const split = {
    REST: (value: string) => value.split(','),
    HTTP: (value: string) => value.slice(1, -1).split(' '),
  }
  for (const apiType of ['REST', 'HTTP'] as const) {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1 }), (elements) => {
        const value = claimEncoders.percent(elements, apiType)
        const decoded = split[apiType](value).map(decodeURIComponent)
        return JSON.stringify(decoded) === JSON.stringify(elements.map(wellFormed))
      }),
      { numRuns: 2000 },
    )
  }
  t.pass('fast-check prints its seed on failure')
})

t.test('no value of either encoding can end a header line', async (t) => {
  const claim = fc.oneof(anyText, fc.array(anyText))
  const apiType = fc.constantFrom('REST', 'HTTP')
  fc.assert(
    fc.property(
      claim,
      apiType,
      (rendered, type) =>
        /^[\x20-\x7e]*$/.test(claimEncoders.percent(rendered, type)) &&
        /^[\x20-\x7e\x80-\xff]*$/.test(claimEncoders.utf8(rendered, type)),
    ),
    { numRuns: 2000 },
  )
  t.pass('fast-check prints its seed on failure')
})

t.test('time grows with the length alone', async (t) => {
  // Runs of spaces are where a trimming pattern goes quadratic.
  const text = `${' '.repeat(100_000)}a${' '.repeat(100_000)}b`
  t.equal(claimEncoders.percent(text, 'REST').length, 100_000 * 3 + 100_000 + 2)
})

t.test('both encodings arrive over a socket as the bytes that were meant', async (t) => {
  const server = http.createServer((request, response) => {
    response.end(JSON.stringify(request.headers))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const claim = 'zoë 日本 😀'
  const headers = {
    'x-percent': claimEncoders.percent(claim, 'REST'),
    'x-utf8': claimEncoders.utf8(claim, 'REST'),
  }
  const request = http.get({ host: '127.0.0.1', port, headers, agent: false })
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  const seen = JSON.parse((await response.toArray()).join('')) as Record<string, string>
  t.equal(decodeURIComponent(seen['x-percent'] ?? ''), claim)
  // Node gives header bytes as latin1.
  t.equal(Buffer.from(seen['x-utf8'] ?? '', 'latin1').toString('utf8'), claim)
})

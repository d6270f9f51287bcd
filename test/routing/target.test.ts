import assert from 'node:assert/strict'
import t from 'tap'
import fc from 'fast-check'
import { deny, isDenial } from '../../src/core/denial.ts'
import { foldPath } from '../../src/routing/fold.ts'
import { parseTarget } from '../../src/routing/target.ts'

t.test('a target with one reading is taken apart and keeps its bytes', async (t) => {
  const plain = { query: '', encodedSlash: false, foldDiffers: false }
  const cases = [
    { given: '/', want: { ...plain, path: '/', segments: [''], folded: [''] } },
    { given: '/a/b', want: { ...plain, path: '/a/b', segments: ['a', 'b'], folded: ['a', 'b'] } },
    {
      given: '/a/?x=1?y',
      want: {
        path: '/a/',
        query: '?x=1?y',
        segments: ['a', ''],
        encodedSlash: false,
        folded: ['a'],
        foldDiffers: true,
      },
    },
    {
      given: '/%61dmin/x%20y/%E2%82%AC?',
      want: {
        path: '/%61dmin/x%20y/%E2%82%AC',
        query: '?',
        segments: ['admin', 'x y', '€'],
        encodedSlash: false,
        folded: ['admin', 'x y', '€'],
        foldDiffers: false,
      },
    },
    {
      given: '/files/A%2Fb',
      want: {
        path: '/files/A%2Fb',
        query: '',
        segments: ['files', 'A/b'],
        encodedSlash: true,
        folded: ['files', 'a', 'b'],
        foldDiffers: true,
      },
    },
    {
      given: '/a/;x',
      want: { ...plain, path: '/a/;x', segments: ['a', ';x'], folded: ['a'], foldDiffers: true },
    },
  ]
  for (const { given, want } of cases) t.strictSame(parseTarget(given, ''), want, given)
})

t.test('what looks dangerous but has one reading is accepted', async (t) => {
  for (const raw of [
    '/...',
    '/.a/b.',
    '/a..',
    '/..a/x',
    '/100%25',
    '/100%25/zz',
    '/%25zz',
    '/%252',
    '/a;b/c;d=e',
    '/%3F/%23/%26',
    '/a%2Fb;c',
    '/a%2fb%2Fc',
    '/{a}|^"<>`',
    '/a?\\|{}%zz%2',
    '/a?next=/../..//%00',
    '/a:b@c',
    '/http:/x',
    '/%C2%80',
    '/%F0%9F%98%80',
    '/__proto__/constructor',
  ]) {
    t.notOk(isDenial(parseTarget(raw, '')), raw)
  }
})

t.test('a target that two readers may read differently is ambiguous', async (t) => {
  const attacks: Readonly<Record<string, readonly string[]>> = {
    'not origin-form': ['', '*', 'admin', '?x', 'http://host/admin', 'host:443', '\\admin'],
    'bytes that no target has': [
      '/a b',
      '/a\tb',
      '/a\r\nb',
      '/\u0000',
      '/\u007f',
      '/\u0080',
      '/é',
      '/€',
    ],
    'the same in the query': ['/a?b c', '/a?\u0000', '/a?\u007f', '/a?ÿ'],
    'a fragment': ['/admin#/public/x', '/#', '/a?b#c'],
    'a backslash': ['/public/..\\admin', '/a\\b', '/\\', '/public%5c..%5cadmin', '/a%5Cb'],
    'a bad escape': ['/%', '/%2', '/%zz', '/%2/a', '/a%u002e', '/%E2%82', '/%ff', '/a%/b'],
    'an overlong form': ['/%c0%ae', '/%c0%af', '/%e0%80%af', '/%f0%80%80%ae'],
    'an encoded surrogate': ['/%ed%a0%80', '/%ed%b0%80'],
    'an encoded control': ['/admin%00', '/%0d%0aX', '/%1f', '/%1F', '/%7f', '/%7F', '/%09'],
    'a double escape': [
      '/%252e%252e/admin',
      '/%252f',
      '/%2500',
      '/%25%32%66',
      '/%252%66',
      '/%25AA',
    ],
    'an empty segment': ['//', '//admin', '//evil.com/admin', '/a//b', '/public//../admin', '/a//'],
    'one hidden by a semicolon': ['/;/admin', '/;x/admin', '/a/;x/b', '/%3b/admin', '/;x/'],
    'dot segments': ['/public/../admin', '/./admin', '/..', '/.', '/a/.', '/a/../', '/../a'],
    'encoded dot segments': ['/public/%2e%2e/admin', '/.%2e/a', '/%2E./a', '/%2e/a', '/a/%2e'],
    'dot segments with parameters': [
      '/public/..;/admin',
      '/..;x=y/a',
      '/.;/a',
      '/a/..;',
      '/%2e%2e%3bx/a',
    ],
    'dots between encoded slashes': [
      '/public%2f..%2fadmin',
      '/a%2F.',
      '/a%2F..;x',
      '/..%2Fa',
      '/.%2Fa',
    ],
    'empty pieces between encoded slashes': [
      '/%2F',
      '/%2Fadmin',
      '/a%2F',
      '/a%2F%2Fb',
      '/a%2F;x',
      '/;%2Fa',
    ],
    'a semicolon before an encoded slash': ['/admin;%2Fx', '/admin;a%2Fb', '/admin%3b%2fx'],
  }
  for (const [name, targets] of Object.entries(attacks)) {
    for (const raw of targets) {
      t.strictSame(
        parseTarget(raw, ''),
        deny('target_ambiguous'),
        `${name}: ${JSON.stringify(raw)}`,
      )
    }
  }
})

t.test('the base path is compared with the bytes received and then removed', async (t) => {
  const cases = [
    { given: '/prod', want: '/' },
    { given: '/prod?x', want: '/' },
    { given: '/prod/', want: '/' },
    { given: '/prod/a/', want: '/a/' },
    { given: '/prod/prod', want: '/prod' },
    { given: '/prod/%41', want: '/%41' },
    { given: '/', want: 'no_route' },
    { given: '/a', want: 'no_route' },
    { given: '/product', want: 'no_route' },
    { given: '/PROD/a', want: 'no_route' },
    { given: '/%70rod/a', want: 'no_route' },
    { given: '/prod;x/a', want: 'no_route' },
    { given: '/prod%2Fa', want: 'no_route' },
    { given: '/x/../prod/a', want: 'target_ambiguous' },
    { given: '/prod/../a', want: 'target_ambiguous' },
    { given: '/prod//a', want: 'target_ambiguous' },
  ]
  for (const { given, want } of cases) {
    const target = parseTarget(given, '/prod')
    t.equal(isDenial(target) ? target.code : target.path, want, given)
  }
})

t.test('what is left after the base path is what is matched', async (t) => {
  t.match(parseTarget('/v1/prod', '/v1/prod'), { path: '/', segments: [''], folded: [''] })
  t.match(parseTarget('/v1/prod/', '/v1/prod'), { path: '/', segments: [''] })
  t.match(parseTarget('/v1/prod/A/b?q', '/v1/prod'), {
    path: '/A/b',
    query: '?q',
    segments: ['A', 'b'],
    folded: ['a', 'b'],
  })
  t.match(parseTarget('/a%2Fb/c', '/a%2Fb'), { path: '/c', segments: ['c'], encodedSlash: false })
})

// Pieces that are likely to be accepted next to pieces that must not be, in any order.
t.test('the short way for plain paths says what the long way says', async (t) => {
  const byte = (code: number): string => String.fromCharCode(code)
  const printable = Array.from({ length: 0x7f - 0x21 }, (_, index) => byte(0x21 + index))
  const paths = printable.flatMap((char) => [
    `/a${char}0`,
    `/${char}b-1`,
    `/a/b_${char}`,
    `/a/${char}`,
  ])
  for (const path of [...paths, '/', '/a/', '/a-b_c/0/z9']) {
    for (const basePath of ['', '/prod']) {
      const target = parseTarget(`${basePath}${path}`, basePath)
      if (isDenial(target) || target.query !== '') continue
      const segments = path.slice(1).split('/')
      t.strictSame(target.segments, segments, path)
      t.strictSame(target.folded, foldPath(segments), path)
      t.equal(target.foldDiffers, foldPath(segments) !== segments, path)
      t.equal(target.encodedSlash, false, path)
      t.equal(target.path, path)
    }
  }
})

const piece = fc.constantFrom(
  ...['/', '/', '/', 'a', 'B', 'prod', '.', '..', ';', ';x', '%2F', '%2f', '%2e', '%41', '%25'],
  ...['%E2%82%AC', '%', '?', '#', '\\', ' ', 'é', '%00', '%7f', '-', '~', '25', '%c0%ae'],
)
const anyTarget = fc.oneof(
  fc.array(piece, { maxLength: 9 }).map((pieces) => `/${pieces.join('')}`),
  fc.array(piece, { maxLength: 9 }).map((pieces) => `/prod/${pieces.join('')}`),
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => `/${text}`),
  fc.string({ maxLength: 12 }),
)

t.test('an accepted target is, byte for byte, what was received', async (t) => {
  let accepted = 0
  fc.assert(
    fc.property(anyTarget, fc.constantFrom('', '/prod'), (raw, basePath) => {
      const target = parseTarget(raw, basePath)
      if (isDenial(target)) return
      accepted += 1
      const received =
        raw.split('?')[0] === basePath ? `${basePath}/${raw.slice(basePath.length)}` : raw
      assert.equal(basePath + target.path + target.query, received)
      assert.equal(target.path.split('/').length - 1, target.segments.length)
    }),
    { numRuns: 5000 },
  )
  t.ok(accepted > 200, 'the generator makes enough of them')
})

t.test('an accepted target has nothing left that a reader could stumble over', async () => {
  fc.assert(
    fc.property(anyTarget, (raw) => {
      const target = parseTarget(raw, '')
      if (isDenial(target)) return
      assert.deepEqual(foldPath(target.folded), target.folded, 'folding twice is folding once')
      assert.equal(target.foldDiffers, target.folded !== target.segments)
      assert.equal(target.encodedSlash, target.segments.join('').includes('/'))
      const inner = [...target.segments.slice(0, -1), ...target.folded.slice(0, -1)]
      assert.ok(!inner.includes(''))
      assert.ok(![...target.segments, ...target.folded].some((s) => /^\.{1,2}$/.test(s)))
      assert.ok(!/[\u0000-\u001f\u007f\\]|%[0-9a-f]{2}/i.test(target.segments.join(' ')))
    }),
    { numRuns: 5000 },
  )
})

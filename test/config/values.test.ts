import t from 'tap'
import type { Table } from '../../src/config/leaf.ts'
import { withDefaults } from '../../src/config/values.ts'

const table = {
  group: {
    port: { doc: '', format: 'whole', default: 80, min: 0, max: 65535, env: 'PORT' },
    inner: { on: { doc: '', format: 'flag', default: false } },
  },
  ids: { doc: '', format: 'list', default: ['d'], env: 'IDS' },
  url: { doc: '', format: 'text', default: null, env: 'URL' },
  level: { doc: '', format: 'word', default: 'low', words: ['low', 'high'] },
  map: { doc: '', format: 'list-map', default: { 'X-A': 'a', 'X-B': ['b'] } },
  own: { doc: '', format: 'list-map', default: null },
  method: { doc: '', format: 'text-or-list', default: null },
  headers: { doc: '', format: 'text-map', default: {} },
  templates: { doc: '', format: 'template-map', default: {} },
  status: { doc: '', format: 'status', default: null },
  named: { doc: '', format: 'named-entries', default: {} },
  entries: { doc: '', format: 'entries', default: [] },
} as const satisfies Table

const defaults = {
  group: { port: 80, inner: { on: false } },
  ids: ['d'],
  url: null,
  level: 'low',
  map: { 'X-A': 'a', 'X-B': ['b'] },
  own: null,
  method: null,
  headers: {},
  templates: {},
  status: null,
  named: {},
  entries: [],
}

t.test('nothing given yields the defaults', async (t) => {
  t.strictSame(withDefaults(table, {}, {}), defaults)
})

t.test('the file goes over the defaults, the environment over both', async (t) => {
  t.strictSame(
    withDefaults(
      table,
      { group: { port: 1, inner: { on: true } }, url: 'file' },
      { PORT: '2', IDS: 'a, b', OTHER: 'x' },
    ),
    { ...defaults, group: { port: 2, inner: { on: true } }, url: 'file', ids: ['a', 'b'] },
  )
})

t.test('a list or a map that is given replaces its default', async (t) => {
  t.strictSame(withDefaults(table, { map: {}, ids: [], own: {} }, {}), {
    ...defaults,
    map: {},
    ids: [],
    own: {},
  })
})

t.test('free names may hold dots and the names of methods', async (t) => {
  const names = {
    'a.b': 'x',
    'https://example.com/claims': 'y',
    'gatewayresponse.header.X': 'z',
    toString: 'w',
    valueOf: 'v',
  }
  t.strictSame(
    withDefaults(table, { map: names, headers: names, own: names, templates: names }, {}),
    {
      ...defaults,
      map: names,
      headers: names,
      own: names,
      templates: names,
    },
  )
})

t.test('entries come through untouched', async (t) => {
  const given = {
    named: { a: { type: 'x', deep: { list: [1, { b: null }] } } },
    entries: [{ path: '/' }, 5],
    method: ['GET'],
    status: '404',
  }
  t.strictSame(withDefaults(table, given, {}), { ...defaults, ...given })
})

t.test('what the structural pass should have refused throws', async (t) => {
  for (const given of [{ group: { port: '80abc' } }, { unknown: 1 }, { map: { a: 1 } }]) {
    t.throws(() => withDefaults(table, given, {}))
  }
})

t.test('what comes back is not shared with what was given, nor between calls', async (t) => {
  const given = { map: { a: ['x'] } }
  const one = withDefaults(table, given, {})
  const other = withDefaults(table, {}, {})
  t.not(one.map, given.map)
  t.not(one.ids, other.ids)
  t.not(other.ids, table.ids.default)
})

import t from 'tap'
import type { Route } from '../../src/core/route.ts'
import { parseTemplate } from '../../src/routing/template.ts'
import {
  anyMethods,
  createTrie,
  entriesInOrder,
  find,
  insert,
  type Entry,
  type Trie,
} from '../../src/routing/trie.ts'

const entry = (method: string, path: string): Entry => {
  const route: Route = {
    index: 0,
    label: `${method} ${path}`,
    method,
    path,
    access: { kind: 'public' },
    enforcement: 'enforce',
    responseTimeoutMs: undefined,
    allowEncodedSlash: false,
    requestParameters: [],
    mock: undefined,
  }
  return { route, protection: 0 }
}

const add = (trie: Trie, path: string, methods: readonly string[]) => {
  const template = parseTemplate(path)
  if (!template.ok) throw new Error(template.error.join())
  const named = methods.filter((method) => method !== 'ANY')
  insert(trie, template.value, {
    byName: new Map(named.map((method) => [method, entry(method, path)])),
    any: methods.includes('ANY') ? entry('ANY', path) : undefined,
  })
}

const labels = (entries: readonly Entry[]) => entries.map(({ route }) => route.label)

t.test('an exact method wins over ANY, which stands for seven methods', async (t) => {
  const trie = createTrie()
  add(trie, '/a', ['ANY', 'GET', 'PURGE'])
  t.strictSame(labels(find(trie, 'GET', ['a'])), ['GET /a'])
  t.strictSame(labels(find(trie, 'PURGE', ['a'])), ['PURGE /a'])
  for (const method of anyMethods) t.equal(find(trie, method, ['a']).length, 1, method)
  t.strictSame(labels(find(trie, 'HEAD', ['a'])), ['ANY /a'])
  for (const method of ['ANY', 'get', 'Post', 'TRACE', 'CONNECT', 'FOO', '', '__proto__']) {
    t.strictSame(find(trie, method, ['a']), [], method)
  }
})

t.test('an empty segment is taken by a trailing slash of a template alone', async (t) => {
  const trie = createTrie()
  add(trie, '/a/', ['GET'])
  add(trie, '/b/{x}', ['GET'])
  add(trie, '/c/{x+}', ['GET'])
  t.strictSame(labels(find(trie, 'GET', ['a', ''])), ['GET /a/'])
  t.strictSame(labels(find(trie, 'GET', ['c', 'd', ''])), ['GET /c/{x+}'])
  for (const path of [['a'], ['b', ''], ['b'], ['c', ''], ['c'], [''], ['b', 'x', '']]) {
    t.strictSame(find(trie, 'GET', path), [], path.join('/'))
  }
})

t.test('names that every object has are only names', async (t) => {
  const trie = createTrie()
  add(trie, '/a', ['GET'])
  for (const name of ['__proto__', 'constructor', 'toString', '{}', '{+}']) {
    t.strictSame(find(trie, 'GET', [name]), [], name)
  }
})

t.test('templates that became one are all found', async (t) => {
  const trie = createTrie()
  add(trie, '/a', ['ANY'])
  add(trie, '/a', ['GET'])
  t.strictSame(labels(find(trie, 'GET', ['a'])), ['ANY /a', 'GET /a'])
  t.strictSame(labels(find(trie, 'POST', ['a'])), ['ANY /a'])
})

t.test('entries are listed in the order in which a search tries them', async (t) => {
  const trie = createTrie()
  add(trie, '/{p+}', ['ANY'])
  add(trie, '/{a}', ['PUT', 'ANY', 'GET'])
  add(trie, '/b/{c}', ['GET'])
  add(trie, '/b/', ['GET'])
  add(trie, '/b', ['POST'])
  add(trie, '/a', ['GET'])
  add(trie, '/', ['GET'])
  add(trie, '/c', ['GET'])
  t.strictSame(labels(entriesInOrder(trie)), [
    'GET /',
    'GET /a',
    'POST /b',
    'GET /b/',
    'GET /b/{c}',
    'GET /c',
    'GET /{a}',
    'PUT /{a}',
    'ANY /{a}',
    'ANY /{p+}',
  ])
})

// The table that drives a naive search exponential: a literal and a parameter at each of nine
// levels, a greedy one beside them, and the method that is asked for nowhere.
const depth = 9
const hostileTrie = (): Trie => {
  const trie = createTrie()
  for (let bits = 0; bits < 2 ** depth; bits++) {
    const path = Array.from({ length: depth }, (_, i) => ((bits >> i) & 1 ? 'a' : `{p${i}}`))
    add(trie, `/${path.join('/')}`, ['POST'])
    add(trie, `/${path.join('/')}/{rest+}`, ['POST'])
  }
  return trie
}

const countNodes = (trie: Trie): number =>
  1 +
  [...trie.literals.values()].reduce((sum, child) => sum + countNodes(child), 0) +
  (trie.parameter === undefined ? 0 : countNodes(trie.parameter))

t.test('a search reads one segment per node at the most, however long the path', async (t) => {
  const trie = hostileTrie()
  const nodes = countNodes(trie)
  for (const length of [depth, depth + 1, 8192]) {
    let reads = 0
    const segments = new Proxy(Array<string>(length).fill('a'), {
      get: (path, key) => {
        reads += 1
        return path[Number(key)]
      },
    })
    t.strictSame(find(trie, 'GET', segments), [])
    t.ok(reads <= nodes, `${reads} reads, ${nodes} nodes, ${length} segments`)
    t.ok(reads > 2 ** depth, 'the search had to go everywhere')
  }
})

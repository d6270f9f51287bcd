import t from 'tap'
import { follow, referenceOf } from '../../src/openapi/refs.ts'

const document = {
  a: { 'b/c~d': { e: [10, { f: 11 }] } },
  one: { $ref: '#/two' },
  two: { $ref: '#/a/b~1c~0d' },
  loop: { $ref: '#/pool' },
  pool: { $ref: '#/loop' },
  odd: { '%': 1, ' ': 2 },
}
const at = ($ref: string) => follow(document, { value: { $ref }, pointer: '/x' })

t.test('references within the document are followed to where they end', async (t) => {
  t.strictSame(at('#/one'), {
    ok: true,
    value: { value: document.a['b/c~d'], pointer: '/a/b~1c~0d' },
  })
  t.strictSame(at('#/a/b~1c~0d/e/1/f'), {
    ok: true,
    value: { value: 11, pointer: '/a/b~1c~0d/e/1/f' },
  })
  t.strictSame(at('#/odd/%20'), { ok: true, value: { value: 2, pointer: '/odd/ ' } })
  const plain = { value: 5, pointer: '/x' }
  t.strictSame(follow(document, plain), { ok: true, value: plain })
})

t.test('no other reference is', async (t) => {
  const cases = [
    [
      'other.json#/a',
      '"other.json#/a" leads out of the export; only references such as "#/components/…" are followed',
    ],
    [
      'http://169.254.169.254/',
      '"http://169.254.169.254/" leads out of the export; only references such as "#/components/…" are followed',
    ],
    ['#', '"#" leads out of the export; only references such as "#/components/…" are followed'],
    ['#/nothing', '"#/nothing" leads to nothing'],
    ['#/constructor', '"#/constructor" leads to nothing'],
    ['#/a/b~1c~0d/e/length', '"#/a/b~1c~0d/e/length" leads to nothing'],
    ['#/a/b~1c~0d/e/01', '"#/a/b~1c~0d/e/01" leads to nothing'],
    ['#/odd/%', '"#/odd/%" is not a JSON pointer'],
    ['#/loop', '"#/loop" leads in a circle, or through too many references'],
  ] as const
  for (const [reference, error] of cases)
    t.strictSame(at(reference), { ok: false, error }, reference)
})

t.test('a $ref that is no text is a property of that name', async (t) => {
  t.equal(referenceOf({ $ref: { type: 'string' } }), undefined)
  t.equal(referenceOf({ $ref: '#/a' }), '#/a')
})

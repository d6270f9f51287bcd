import t from 'tap'
import { hasDuplicateNames } from '../../src/core/duplicate-names.ts'
import { createSeededRandom } from '../helpers/seeded-random.ts'

t.test('a name that occurs twice in one object is found', async (t) => {
  const cases = [
    { given: '{"a":1,"a":1}', want: true },
    { given: '{"a":1,"b":2,"a":3}', want: true },
    { given: '{"a":1,"\\u0061":2}', want: true },
    { given: '{"\\"":1,"\\"":2}', want: true },
    { given: '{"__proto__":1,"__proto__":2}', want: true },
    { given: '{"a":{"b":1,"b":2}}', want: true },
    { given: '[{"b":1 , "c":[{}],\n"b"\t:2}]', want: true },
    { given: '{"a":1,"x":{"a":2},"y":[{"a":3},{"a":4}]}', want: false },
    { given: '{"x":{"a":2},"a":1}', want: false },
    { given: '{"a":"b","b":"b"}', want: false },
    { given: '{"a":"a","c":["a","a"]}', want: false },
    { given: '{"a":"{\\"b\\":1,\\"b\\":2}"}', want: false },
    { given: '{"a":"\\\\","b":"\\\\\\""}', want: false },
    { given: '{"constructor":1,"toString":2}', want: false },
    { given: '"a"', want: false },
    { given: '', want: false },
  ]
  for (const { given, want } of cases) t.equal(hasDuplicateNames(given), want, given)
})

t.test('text that is no JSON and deep nesting do not throw', async (t) => {
  for (const given of ['}}', '{"a', '"\\', '{"a"', '{'.repeat(100_000), '"'.repeat(9999)]) {
    t.type(hasDuplicateNames(given), 'boolean')
  }
})

t.test('what JSON.stringify writes has no duplicates; a doubled member always has', async (t) => {
  const { seed, next: random } = createSeededRandom()
  for (let round = 0; round < 2000; round += 1) {
    const value = { ['k' + randomText(random)]: randomValue(random, 3), z: randomValue(random, 3) }
    const json = JSON.stringify(value)
    if (hasDuplicateNames(json)) return t.fail(json, { seed })
    const doubled = `${json.slice(0, -1)},"z":${JSON.stringify(randomValue(random, 2))}}`
    if (!hasDuplicateNames(doubled)) return t.fail(doubled, { seed })
  }
  return t.pass()
})

const randomText = (random: () => number): string =>
  Array.from({ length: random() * 5 }, () => '"\\{}[]:,a\u00e9\ud83d\n'.charAt(random() * 12)).join(
    '',
  )

const randomValue = (random: () => number, depth: number): unknown => {
  const kind = Math.floor(random() * (depth > 0 ? 4 : 2))
  if (kind === 0) return randomText(random)
  if (kind === 1) return random() * 100
  const list = Array.from({ length: random() * 4 }, () => randomValue(random, depth - 1))
  return kind === 2 ? list : Object.fromEntries(list.map((item) => [randomText(random), item]))
}

import t from 'tap'
import type { Table } from '../../src/config/leaf.ts'
import { checkStructure, isComplete } from '../../src/config/structure.ts'
import { problemsOf } from '../helpers/problems-of.ts'

const table = {
  name: { doc: '', format: 'text', default: null, required: true },
  level: { doc: '', format: 'word', default: null, words: ['low', 'high'], required: true },
  group: {
    size: { doc: '', format: 'whole', default: 1, min: 1, max: 9 },
    key: { doc: '', format: 'text', default: null, required: true },
  },
  map: { doc: '', format: 'text-map', default: {} },
} as const satisfies Table

const cases: readonly {
  readonly name: string
  readonly given: unknown
  readonly fitting: unknown
  readonly problems: readonly string[]
}[] = [
  {
    name: 'what fits comes back as it is',
    given: { name: 'a', level: 'low', group: { size: 2, key: 'k' }, map: { x: 'y' } },
    fitting: { name: 'a', level: 'low', group: { size: 2, key: 'k' }, map: { x: 'y' } },
    problems: [],
  },
  {
    name: 'required keys are missed at every depth',
    given: {},
    fitting: {},
    problems: [
      'at.name: is missing; give one',
      'at.level: is missing; give one of: low, high',
      'at.group.key: is missing; give one',
    ],
  },
  {
    name: 'unknown keys are refused at every depth, with the key that was meant',
    given: { name: 'a', level: 'low', nmae: 1, toString: 1, group: { key: 'k', siez: 2, zzz: 1 } },
    fitting: { name: 'a', level: 'low', group: { key: 'k' } },
    problems: [
      'at.nmae: unknown key; did you mean name?',
      'at.toString: unknown key; allowed here: name, level, group, map',
      'at.group.siez: unknown key; did you mean size?',
      'at.group.zzz: unknown key; allowed here: size, key',
    ],
  },
  {
    name: 'a value of the wrong type is left out',
    given: { name: 1, level: 'low', group: { size: '2', key: 'k' } },
    fitting: { level: 'low', group: { key: 'k' } },
    problems: [
      "at.name: 1 is not text; write it in quotes: '1'",
      'at.group.size: "2" is not a whole number; give one from 1 to 9, without quotes',
    ],
  },
  {
    name: 'of a map only the broken entries are left out',
    given: { name: 'a', level: 'low', group: { key: 'k' }, map: { good: 'a', bad: 1 } },
    fitting: { name: 'a', level: 'low', group: { key: 'k' }, map: { good: 'a' } },
    problems: ["at.map.bad: 1 is not text; write it in quotes: '1'"],
  },
  {
    name: 'a list for a map and a map for a list are refused',
    given: { name: 'a', level: 'low', group: [], map: [] },
    fitting: { name: 'a', level: 'low', group: {} },
    problems: [
      'at.group: a list is not a map of keys such as size',
      'at.map: a list is not a map of names to values',
    ],
  },
  {
    name: 'a group without a value is no group',
    given: { name: 'a', level: 'low', group: null },
    fitting: { name: 'a', level: 'low', group: {} },
    problems: ['at.group: has no value'],
  },
]

for (const { name, given, fitting, problems } of cases) {
  t.test(name, async (t) => {
    let found: unknown
    t.strictSame(
      problemsOf((report) => (found = checkStructure(table, given, 'at', report))),
      problems,
    )
    t.strictSame(found, fitting)
  })
}

t.test('data is complete when every required key is there', async (t) => {
  t.ok(isComplete(table, { name: 'a', level: 'low', group: { key: 'k' } }))
  t.notOk(isComplete(table, { name: 'a', level: 'low', group: {} }))
  t.notOk(isComplete(table, { name: 'a', level: 'low' }))
  t.notOk(isComplete(table, { level: 'low', group: { key: 'k' } }))
})

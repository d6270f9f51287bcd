// Matching against a model of it that is slow and plain, on random tables and paths.
import assert from 'node:assert/strict'
import t from 'tap'
import fc from 'fast-check'
import { compileRoutes } from '../../src/routing/table.ts'
import { outcomeOf, settingsOf, tableOf, type Line } from './route-settings.ts'

// The model: every route in every form, filtered, sorted. It knows neither trees nor backtracking.
interface Form {
  readonly label: string
  readonly parts: readonly string[]
  readonly method: string
  readonly access: string
}

const takes = (parts: readonly string[], path: readonly string[]): boolean => {
  const [part, ...parts2] = parts
  const [segment, ...path2] = path
  if (part === undefined || segment === undefined) return part === segment
  if (part === '{p+}') return segment !== ''
  return (part === '{x}' ? segment !== '' : part === segment) && takes(parts2, path2)
}

const ranks = (parts: readonly string[]): string =>
  parts.map((part) => (part === '{p+}' ? 2 : Number(part === '{x}'))).join('')

const best = (forms: readonly Form[], method: string, path: readonly string[]): readonly Form[] => {
  const fitting = forms
    .filter((form) => form.method === method || form.method === 'ANY')
    .filter((form) => takes(form.parts, path))
    .filter((form, _, all) => {
      const twin = all.find(
        (other) => other.label === `${method} ${form.label.split(' ')[1] ?? ''}`,
      )
      return form.method !== 'ANY' || twin === undefined
    })
  const first = fitting.map((form) => ranks(form.parts)).sort()[0]
  return fitting.filter((form) => ranks(form.parts) === first)
}

type Fold = (path: readonly string[]) => readonly string[]

const dropSlash: Fold = (path) => (path.length > 1 && path.at(-1) === '' ? path.slice(0, -1) : path)

const lower: Fold = (path) => path.map((segment) => segment.toLowerCase())

const cut: Fold = (path) => path.map((segment) => segment.replace(/;.*/, ''))

const model = (routes: readonly Form[], method: string, path: readonly string[]): string => {
  const selected = best(routes, method, path)[0]
  if (selected === undefined) return 'no_route'
  const both = (paths: readonly (readonly string[])[], fold: Fold) =>
    paths.flatMap((one) => [one, fold(one)])
  const forms = routes.flatMap((route) =>
    both(both([route.parts], lower), dropSlash).map((parts) => ({ ...route, parts })),
  )
  const read = both(both(both([path], cut), lower), dropSlash).flatMap((reading) =>
    best(forms, method, reading),
  )
  return read.some(({ access }) => access !== selected.access) ? 'target_ambiguous' : selected.label
}

const segment = fc.constantFrom('a', 'a', 'b', 'A', '{x}')
const line = fc
  .tuple(
    fc.constantFrom('GET', 'GET', 'POST', 'ANY'),
    fc.array(segment, { maxLength: 3, size: 'max' }),
    fc.constantFrom([], [], [''], ['{p+}']),
    fc.constantFrom('NONE', 'pool'),
  )
  .map(([method, parts, end, access]): Line => {
    const named = parts.map((part, i) => (part === '{x}' ? `{x${i}}` : part))
    return [`${method} /${[...named, ...end].join('/')}`, access]
  })
const tables = fc
  .uniqueArray(line, { minLength: 3, maxLength: 7, size: 'max', selector: ([label]) => label })
  .filter((lines) => compileRoutes(settingsOf(lines)).ok)

const path = fc
  .tuple(
    fc.array(fc.constantFrom('a', 'a', 'b', 'A', 'B', 'c', 'a;x'), { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '', '/', '/;x'),
  )
  .map(([parts, end]) => `/${parts.join('/')}${end}`)

const formsOf = (lines: readonly Line[]): readonly Form[] =>
  lines.map(([label, access]) => {
    const [method = '', template = ''] = label.split(' ')
    const parts = template
      .slice(1)
      .replace(/\{x\d\}/g, '{x}')
      .split('/')
    return { label, parts, method, access }
  })

t.test('the tree agrees with a naive matcher on random tables', async (t) => {
  const seen = { route: 0, no_route: 0, target_ambiguous: 0 }
  fc.assert(
    fc.property(
      tables,
      fc.constantFrom('GET', 'GET', 'POST'),
      fc.array(path, { minLength: 10, maxLength: 10 }),
      (lines, method, paths) => {
        const table = tableOf(lines)
        const routes = formsOf(lines)
        for (const raw of paths) {
          const want = model(routes, method, raw.slice(1).split('/'))
          seen[want === 'no_route' || want === 'target_ambiguous' ? want : 'route'] += 1
          assert.equal(outcomeOf(table, method, raw), want, `${method} ${raw}`)
        }
      },
    ),
    { numRuns: 2000 },
  )
  t.ok(Math.min(...Object.values(seen)) > 150, `every outcome occurs: ${JSON.stringify(seen)}`)
})

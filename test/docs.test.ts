// The generated parts of the documentation are what the code says. UPDATE_DOCS=1 writes them anew.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { markdownTable } from '../src/config/markdown-table.ts'
import { configurationTable, referenceYaml } from '../src/config/reference.ts'
import { restartKeys } from '../src/config/restart-keys.ts'
import { deny, denialCodes, type DenialCode } from '../src/core/denial.ts'
import { metricDocs } from '../src/observe/metrics.ts'
import { createAnswerRefusal } from '../src/server/answer-refusal.ts'
import { answerSettings } from './helpers/answer-settings.ts'
import { sectionOf, withSection } from './helpers/readme-section.ts'

const root = join(import.meta.dirname, '..')
const readme = join(root, 'README.md')
const reference = join(root, 'config', 'reference.yaml')
const update = process.env['UPDATE_DOCS'] === '1'

const metricsTable = (): string =>
  markdownTable(
    ['metric', 'type', 'labels', 'what it is'],
    metricDocs.map(({ name, type, labels, help }) => [
      `\`${name}\``,
      type,
      labels.map((label) => `\`${label}\``).join(', '),
      help,
    ]),
  )

for (const [name, table] of [
  ['configuration', configurationTable],
  ['metrics', metricsTable],
] as const) {
  t.test(`the README's ${name} table is generated`, async (t) => {
    const text = readFileSync(readme, 'utf8')
    if (sectionOf(text, name) === undefined) {
      t.fail(`README.md has no <!-- ${name}:begin --> and <!-- ${name}:end --> around a table`)
      return
    }
    if (update) writeFileSync(readme, withSection(text, name, table()))
    t.equal(sectionOf(readFileSync(readme, 'utf8'), name), table(), 'run npm run docs')
  })
}

t.test('the reference file is generated', async (t) => {
  if (update) writeFileSync(reference, referenceYaml())
  t.equal(readFileSync(reference, 'utf8'), referenceYaml(), 'run npm run docs')
})

t.test('each guarantee of SECURITY.md names its tests, and they are there', async (t) => {
  const [, guarantees = ''] = readFileSync(join(root, 'SECURITY.md'), 'utf8').split('| guarantee ')
  const rows = guarantees.split('\n').filter((line) => /^\| [A-Z]/.test(line))
  t.ok(rows.length > 10)
  for (const row of rows) {
    const paths = [...row.matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path!)
    t.ok(paths.length > 0, row)
    for (const path of paths) {
      t.match(path, /\.test\.ts$/)
      t.ok(existsSync(join(root, path)), path)
    }
  }
})

t.test('the README says of every denial what it means and what to do', async (t) => {
  const [, section = ''] = readFileSync(readme, 'utf8').split('\n## Troubleshooting\n')
  const rows = section
    .split('\n## ')[0]!
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
  t.strictSame(
    rows.map(([, code]) => code),
    denialCodes.map((code) => `\`${code}\``),
  )
  const answers = ([REST, HTTP]: readonly number[]) => (REST === HTTP ? [REST] : [REST, HTTP])
  for (const [, code = '', statuses = '', meaning = '', remedy = ''] of rows) {
    t.ok(meaning.length > 20 && remedy.length > 20, code)
    const word = code.replaceAll('`', '') as DenialCode
    t.strictSame(statuses.split(' · ').map(Number), answers(statusesOf(word)), code)
  }
})

const statusesOf = (code: DenialCode): readonly number[] =>
  (['REST', 'HTTP'] as const).map((apiType) => {
    const answer = createAnswerRefusal({ ...answerSettings, apiType })
    const seen = { requestId: 'r', atMs: 0, facts: undefined, route: undefined }
    return answer(deny(code), seen).status
  })

t.test('the README names every key that needs a restart', async (t) => {
  const [, section = ''] = readFileSync(readme, 'utf8').split('\n### Reload\n')
  const [, keys = ''] = section.split('\n### ')[0]!.split('**What needs a restart**')
  for (const key of restartKeys) t.ok(keys.split('```')[0]!.includes(`\`${key}\``), key)
})

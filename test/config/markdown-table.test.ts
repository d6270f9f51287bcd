import { format } from 'prettier'
import t from 'tap'
import { markdownTable } from '../../src/config/markdown-table.ts'

t.test('a table is laid out as Prettier lays it out', async (t) => {
  const table = markdownTable(['key', 'b'], [['`a|b`', 'x'], ['c']])
  t.equal(
    table,
    ['| key    | b   |', '| ------ | --- |', '| `a\\|b` | x   |', '| c      |     |'].join('\n'),
  )
  t.equal(await format(table, { parser: 'markdown' }), `${table}\n`)
})

import t from 'tap'
import { alignColumns } from '../../src/commands/table.ts'

t.test('columns are as wide as their widest cell, lines end without spaces', async (t) => {
  t.strictSame(
    alignColumns([
      ['GET', '/a', 'public'],
      ['DELETE', '/orders/{id}'],
      ['', '/x', ''],
    ]),
    ['GET     /a            public', 'DELETE  /orders/{id}', '        /x'],
  )
  t.strictSame(alignColumns([]), [])
})

import t from 'tap'
import { parseFile } from '../../src/config/formats.ts'
import { yamlText } from '../../src/config/yaml-text.ts'

t.test('what is written is read back as it was', async (t) => {
  const shared = ['a']
  const data = {
    text: ['2022', '', 'yes', 'null', '1e3', "'x'", '#no', 'a: b', ' x ', 'x'.repeat(300), 'é\n*a'],
    values: [1, true, null, {}, []],
    one: shared,
    two: shared,
    'an odd: key': { '200': 'x' },
  }
  const text = yamlText(data)
  const parsed = parseFile(Buffer.from(text), 'gate.yaml')
  t.strictSame(parsed.ok && parsed.value.data, data)
  t.notMatch(text, /&a|\*a1/, 'no aliases')
})

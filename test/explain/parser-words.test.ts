import t from 'tap'
import { parserWords } from '../../src/explain/parser-words.ts'

t.test('the parser’s codes are told in words', async (t) => {
  t.match(parserWords({ code: 'HPE_INVALID_METHOD' }), /^no method that HTTP knows/)
  t.match(parserWords({ code: 'HPE_INVALID_URL' }), /^the path does not begin with "\/"/)
  t.match(parserWords({ code: 'HPE_INVALID_HEADER_TOKEN' }), /^a header has/)
  for (const other of [{ code: 'EPIPE' }, new Error('x'), 'HPE_INVALID_URL', null]) {
    t.equal(parserWords(other), undefined)
  }
})

import t from 'tap'
import { icon } from '../../src/status/icon.ts'

t.test('it is a picture and nothing else', async (t) => {
  t.match(icon, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /)
  t.notMatch(icon, /script|href|style/)
})

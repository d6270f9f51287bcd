import t from 'tap'
import {
  headerText,
  jsonText,
  jsonValue,
  markupText,
  plainText,
  receivedText,
} from '../../src/answers/escape.ts'
import { createSeededRandom } from '../helpers/seeded-random.ts'

t.test('a header value is one line of printable ASCII', async (t) => {
  for (const [given, want] of [
    ['', ''],
    ['plain, text; a="b" %0A', 'plain, text; a="b" %0A'],
    ['a\r\nSet-Cookie: b=c', 'a%0D%0ASet-Cookie: b=c'],
    ['a\tb\0c\x7f', 'a%09b%00c%7F'],
    ['é', '%C3%A9'],
    ['😀', '%F0%9F%98%80'],
    ['\ud800', '%EF%BF%BD'],
    ['\u2028', '%E2%80%A8'],
  ] as const) {
    t.equal(headerText(given), want)
  }
})

t.test('text in a JSON string stays in it, and means the same', async (t) => {
  for (const [given, want] of [
    ['plain', 'plain'],
    ['a"b\\c', 'a\\"b\\\\c'],
    ['a\r\nb', 'a\\r\\nb'],
    ['</script>&', '\\u003c/script\\u003e\\u0026'],
    ['\u2028\x7f\x85', '\\u2028\\u007f\\u0085'],
    ["it's é", "it's é"],
  ] as const) {
    t.equal(jsonText(given), want)
    t.equal(JSON.parse(`"${jsonText(given)}"`), given)
  }
})

t.test('where JSON wants a value, a text becomes a string and a number stays one', async (t) => {
  for (const scalar of ['0', '-1', '12.5', '1e3', '1.5E-7', 'true', 'false', 'null']) {
    t.equal(jsonValue(scalar), scalar)
  }
  for (const text of ['', '01', '+1', '.5', '1.', '1e', 'NaN', 'True', '1,"a":2', '{}', '"a"']) {
    t.equal(JSON.parse(jsonValue(text)), text)
  }
  t.equal(jsonValue('<b>'), '"\\u003cb\\u003e"')
})

t.test('text in HTML and XML is no markup, in quotes of either kind', async (t) => {
  t.equal(
    markupText(`<a href="x" title='y'>&amp;\r\n\0`),
    '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;',
  )
})

t.test('other text is one line', async (t) => {
  t.equal(plainText('a\r\nb\t\0\x1b[31m\x85\u2028"<é'), 'ab[31m"<é')
})

t.test('received bytes are read as the UTF-8 that they are, or stay as they are', async (t) => {
  t.equal(receivedText(undefined), undefined)
  t.equal(receivedText('plain'), 'plain')
  t.equal(receivedText('Jos\xc3\xa9'), 'José')
  t.equal(receivedText('Jos\xe9'), 'Jos\xe9')
})

t.test('no text whatever breaks out', async (t) => {
  const random = createSeededRandom()
  t.comment(`FUZZ_SEED=${random.seed}`)
  const units = Array.from('"\'\\<>&\r\n\t\0\x7f\x85\u2028/{}[]:,u00\ude00\ud83dé-1e')
  for (let round = 0; round < 5000; round += 1) {
    const text = Array.from({ length: random.below(12) }, () => random.pick(units)).join('')
    const whole = JSON.parse(`{"a":"${jsonText(text)}","b":${jsonValue(text)}}`) as {
      a: string
      b: unknown
    }
    const safe =
      whole.a === text &&
      Object.keys(whole).length === 2 &&
      typeof whole.b !== 'object' &&
      /^[\x20-\x7e]*$/.test(headerText(text)) &&
      !/[<>"'\p{Cc}]/u.test(markupText(text)) &&
      !/\p{Cc}/u.test(plainText(text))
    if (!safe) {
      t.fail(`seed ${random.seed}, round ${round}`, { text })
      return
    }
  }
  t.pass('5000 texts')
})

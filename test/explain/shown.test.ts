import t from 'tap'
import { shown, shownList, shownTime, visible, visibleJson } from '../../src/explain/shown.ts'

t.test('what moves a cursor or cannot be seen is spelt out', async (t) => {
  const cases: readonly { given: string; want: string }[] = [
    { given: 'orders/read ü 漢 😀', want: 'orders/read ü 漢 😀' },
    { given: 'a\u001b[2Jb', want: 'a\\u{1b}[2Jb' },
    { given: 'a\r\n\tb', want: 'a\\u{d}\\u{a}\\u{9}b' },
    { given: 'a\u009bb\u202ec\u200bd\u2028e', want: 'a\\u{9b}b\\u{202e}c\\u{200b}d\\u{2028}e' },
    { given: 'a\ud800b', want: 'a\\u{d800}b' },
    { given: 'a\u{e0001}b', want: 'a\\u{e0001}b' },
  ]
  for (const { given, want } of cases) {
    t.equal(visible(given), want)
    const json = visibleJson({ given })
    t.strictSame(JSON.parse(json), { given }, 'as JSON it still means the same')
    t.notMatch(json.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
  }
})

t.test('texts and lists are bounded', async (t) => {
  t.equal(shown('x'.repeat(200)), 'x'.repeat(200))
  t.equal(shown('x'.repeat(201)), `${'x'.repeat(200)}…`)
  t.equal(shownList([]), 'none')
  t.equal(shownList(['a', 'b\u0007'], ' or '), 'a or b\\u{7}')
  const many = Array.from({ length: 23 }, (_, index) => String(index))
  t.equal(shownList(many), `${many.slice(0, 20).join(', ')} and 3 more`)
})

t.test('a time is shown with its distance from now', async (t) => {
  const now = 1_800_000_000
  const cases: readonly { given: number; want: string }[] = [
    { given: now, want: '2027-01-15T08:00:00Z (0 s ago)' },
    { given: now + 90, want: '2027-01-15T08:01:30Z (in 90 s)' },
    { given: now + 120, want: '2027-01-15T08:02:00Z (in 2 min)' },
    { given: now - 7199, want: '2027-01-15T06:00:01Z (119 min ago)' },
    { given: now - 7200, want: '2027-01-15T06:00:00Z (2 h ago)' },
    { given: now - 86_400 * 3, want: '2027-01-12T08:00:00Z (3 d ago)' },
    { given: now + 0.25, want: '2027-01-15T08:00:00Z (in 0 s)' },
    { given: 1e300, want: '1e+300' },
  ]
  for (const { given, want } of cases) t.equal(shownTime(given, now), want)
})

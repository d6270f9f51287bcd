import t from 'tap'
import { parseHttpUrl } from '../../src/config/urls.ts'
import { problemsOf } from '../helpers/problems-of.ts'

t.test('an absolute http or https URL is taken', async (t) => {
  for (const [text, parts] of [
    ['http://a', 'path'],
    ['https://a:8443/b/c', 'path'],
    ['HTTPS://A', 'path'],
    ['https://[::1]:1/', 'path'],
    ['https://a/b?c=d', 'path and query'],
  ] as const) {
    t.strictSame(
      problemsOf((report) => parseHttpUrl(text, parts, 'k', report)),
      [],
      text,
    )
  }
})

t.test('anything that a URL parser would bend is refused', async (t) => {
  for (const [text, want] of [
    ['', 'k: "" is not an absolute http:// or https:// URL'],
    ['a.example', 'k: "a.example" is not an absolute http:// or https:// URL'],
    ['ftp://a', 'k: "ftp://a" is not an absolute http:// or https:// URL'],
    ['http:a', 'k: "http:a" is not an absolute http:// or https:// URL'],
    ['http:///a', 'k: "http:///a" is not an absolute http:// or https:// URL'],
    ['http://a:99999', 'k: "http://a:99999" is not an absolute http:// or https:// URL'],
    ['http://a/ b', 'k: "http://a/ b" holds a blank or a backslash'],
    ['http://a\\b', 'k: "http://a\\\\b" holds a blank or a backslash'],
    ['http://a/#b', 'k: "http://a/#b" has a fragment'],
    ['http://a/?', 'k: "http://a/?" has a query'],
    ['http://a:0/', 'k: "http://a:0/" has port 0'],
  ] as const) {
    t.strictSame(
      problemsOf((report) => parseHttpUrl(text, 'path', 'k', report)),
      [want],
    )
  }
})

t.test('credentials are refused and not repeated', async (t) => {
  for (const text of ['http://user:secret@a/', 'http://secret@a/', 'http://:secret@a/']) {
    const [problem = ''] = problemsOf((report) => parseHttpUrl(text, 'path', 'k', report))
    t.match(problem, 'holds credentials')
    t.notMatch(problem, 'secret')
  }
})

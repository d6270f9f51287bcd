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
    ['a.example', 'k: "a.example" has no scheme; write http://a.example or https://a.example'],
    ['ftp://a', 'k: "ftp://a" is not an absolute http:// or https:// URL'],
    ['http:a', 'k: "http:a" is not an absolute http:// or https:// URL'],
    ['http:///a', 'k: "http:///a" is not an absolute http:// or https:// URL'],
    ['http://a:99999', 'k: "http://a:99999" is not an absolute http:// or https:// URL'],
    ['http://a/ b', 'k: "http://a/ b" holds a blank or a backslash'],
    ['http://a\\b', 'k: "http://a\\\\b" holds a blank or a backslash'],
    ['http://a/#b', 'k: "http://a/#b" has a fragment; end it before the #'],
    ['http://a/?', 'k: "http://a/?" has a query; end it before the ?'],
    ['http://a:0/', 'k: "http://a:0/" has port 0, on which nothing can listen'],
  ] as const) {
    t.strictSame(
      problemsOf((report) => parseHttpUrl(text, 'path', 'k', report)),
      [want],
    )
  }
})

t.test('a URL without its scheme is shown with one', async (t) => {
  for (const [text, want] of [
    ['127.0.0.1:3000', 'has no scheme; write http://127.0.0.1:3000 or https://127.0.0.1:3000'],
    ['[::1]:3000/a', 'has no scheme; write http://[::1]:3000/a or https://[::1]:3000/a'],
    ['app', 'has no scheme; write http://app or https://app'],
    ['ws://a', 'is not an absolute http:// or https:// URL; WebSockets are opened over http, too'],
    ['ftp://a', 'is not an absolute http:// or https:// URL'],
    ['/a', 'is not an absolute http:// or https:// URL'],
  ] as const) {
    t.strictSame(
      problemsOf((report) => parseHttpUrl(text, 'path', 'k', report)),
      [`k: "${text}" ${want}`],
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

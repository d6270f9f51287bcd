import t from 'tap'
import { renderPage } from '../../src/status/page.ts'
import { emptyReport, hostile, report } from './fixtures.ts'

t.test('the page is whole without a script', async (t) => {
  const page = renderPage(report)
  for (const text of [
    '<!doctype html>',
    '<html lang="en">',
    '<title>cognito-gate: Not ready</title>',
    '<a class="skip" href="#main">',
    '>1,234,567</span>',
    '>1 d 2 h</span>',
    '>90.0 %</span>',
    '>ANY /secret</span>',
    '>route_denied\u00a03</span>',
    '>no_route\u00a05</span>',
    '>target_ambiguous\u00a01</span>',
    '>draining: the gate is shutting down</span>',
    '>v24.1.0</span>',
    '<noscript><a href="/">Reload</a></noscript>',
  ]) {
    t.ok(page.includes(text), text)
  }
  t.notMatch(page, /undefined|\[object|NaN/)
})

t.test('what an operator, an issuer or a client wrote is nowhere markup', async (t) => {
  const page = renderPage(report)
  const escaped = hostile
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
  t.ok(page.split(escaped).length > 9, 'it is all there')
  t.notMatch(page, '<img')
  t.equal(page.match(/<script/g)?.length, 1, 'our own')
})

t.test('nothing of it is inline, as its policy asks', async (t) => {
  t.notMatch(
    renderPage(emptyReport),
    /<style|style=|<script>|\son[a-z]+=|javascript:|https?:\/\/(?!app)/,
  )
})

t.test('notices are shown where there are any', async (t) => {
  const section = (text: string) => /<section[^>]*aria-labelledby="notices"[^>]*>/.exec(text)?.[0]
  t.notMatch(section(renderPage(report)), 'hidden')
  t.match(section(renderPage(emptyReport)), 'hidden')
})

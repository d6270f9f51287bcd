import t from 'tap'
import { html, live } from '../../src/status/html.ts'
import { hostile } from './fixtures.ts'

t.test('a value is text, whatever it holds', async (t) => {
  t.equal(
    html`<b title="${hostile}">${hostile}</b>`.markup.match(/[<>]/g)?.length,
    4,
    'the tags of the template alone',
  )
  t.equal(html`${'&<>"\''}`.markup, '&amp;&lt;&gt;&quot;&#39;')
  t.equal(html`${'&lt;'}`.markup, '&amp;lt;', 'escaped text is escaped again')
})

t.test('templates nest, alone and in lists, and numbers are themselves', async (t) => {
  const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`)
  t.equal(
    html`<ul>
      ${items}
    </ul>`.markup,
    '<ul>\n<li>a</li><li>&lt;b&gt;</li>\n</ul>',
    'without the indentation of the source',
  )
  t.equal(html`${7} ${html`<i></i>`}`.markup, '7 <i></i>')
})

t.test('a live value has its place in the report, and words and zeros are marked', async (t) => {
  t.equal(
    live('a.b', 'count', { a: { b: 1000 } }).markup,
    '<span data-v="a.b" data-f="count">1,000</span>',
  )
  t.equal(
    live('n', 'count', { n: 0 }).markup,
    '<span data-v="n" data-f="count" data-is="0">0</span>',
  )
  t.equal(
    live('w', 'word', { w: 'not_ready' }).markup,
    '<span data-v="w" data-f="word" data-is="not_ready">Not ready</span>',
  )
  t.equal(live('w', 'word', undefined).markup, '<span data-v="w" data-f="word"></span>')
})

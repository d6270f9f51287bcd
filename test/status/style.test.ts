import t from 'tap'
import { style } from '../../src/status/style.ts'

t.test('it fetches nothing, and knows both colour schemes', async (t) => {
  t.notMatch(style, /url\(|@import|@font-face/)
  t.match(style, '@media (prefers-color-scheme: dark)')
  t.equal(style.match(/\{/g)?.length, style.match(/\}/g)?.length)
})

t.test('a dark colour for every light one', async (t) => {
  const [, light = '', dark = ''] = style.split(':root {')
  const names = (block: string): readonly string[] =>
    [...block.split('}')[0]!.matchAll(/(--[\w-]+): #/g)].map(([, name]) => name!)
  t.strictSame(names(dark), names(light))
  t.ok(names(light).length > 10)
})

t.test('focus is seen', async (t) => {
  t.match(style, /:focus-visible \{ outline: 2px solid/)
})

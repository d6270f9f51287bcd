import fc from 'fast-check'
import t from 'tap'
import { claimRenderers, renderJson } from '../../src/identity/render.ts'

const { REST: renderRest, HTTP: renderHttp } = claimRenderers

const deep = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth))

t.test('a claim is rendered as a REST API renders it', async (t) => {
  const cases: readonly { name: string; claim?: string; given: unknown; want: unknown }[] = [
    { name: 'a string', given: 'abc', want: 'abc' },
    { name: 'an empty string', given: '', want: '' },
    { name: 'a string with any character', given: 'a,b\r\n%é ', want: 'a,b\r\n%é ' },
    { name: 'true', given: true, want: 'true' },
    { name: 'false', given: false, want: 'false' },
    { name: 'an integer', claim: 'auth_time', given: 1652884341, want: '1652884341' },
    { name: 'a fraction', given: 1.5, want: '1.5' },
    { name: 'nbf is no date', claim: 'nbf', given: 1652884341, want: '1652884341' },
    { name: 'zero', given: 0, want: '0' },
    { name: 'null', given: null, want: undefined },
    { name: 'absent', given: undefined, want: undefined },
    { name: 'an array', given: ['developers', 'admins'], want: ['developers', 'admins'] },
    { name: 'an empty array', given: [], want: [] },
    { name: 'an array of scalars', given: ['a', 1, true, null], want: ['a', '1', 'true', 'null'] },
    { name: 'nested values', given: [['a', 'b'], { c: 1 }], want: ['["a","b"]', '{"c":1}'] },
    { name: 'an object', given: { a: [1, 'x'] }, want: '{"a":[1,"x"]}' },
    { name: 'an array too deep for the stack', given: [deep(50_000)], want: [''] },
    { name: 'an object too deep for the stack', given: { a: deep(50_000) }, want: undefined },
  ]
  for (const { name, claim = 'custom:x', given, want } of cases) {
    t.strictSame(renderRest(claim, given), want, name)
  }
})

t.test('exp and iat are dates, as Java writes them in UTC', async (t) => {
  const cases: readonly { name: string; given: unknown; want: unknown }[] = [
    { name: 'a real event', given: 1652887941, want: 'Wed May 18 15:32:21 UTC 2022' },
    { name: 'two digits for the day', given: 1788220800, want: 'Tue Sep 01 00:00:00 UTC 2026' },
    { name: 'the epoch', given: 0, want: 'Thu Jan 01 00:00:00 UTC 1970' },
    { name: 'before it', given: -1, want: 'Wed Dec 31 23:59:59 UTC 1969' },
    { name: 'a fraction is cut', given: 1652887941.9, want: 'Wed May 18 15:32:21 UTC 2022' },
    { name: 'the last date there is', given: 8.64e12, want: 'Sat Sep 13 00:00:00 UTC 275760' },
    { name: 'beyond it', given: 8.64e12 + 1, want: '8640000000001' },
    { name: '1e999, which JSON reads as Infinity', given: Infinity, want: 'Infinity' },
    { name: 'not a number', given: NaN, want: 'NaN' },
    { name: 'text stays text', given: '1652887941', want: '1652887941' },
    { name: 'an array stays an array', given: [1652887941], want: ['1652887941'] },
    { name: 'null', given: null, want: undefined },
  ]
  for (const { name, given, want } of cases) {
    t.strictSame(renderRest('exp', given), want, `exp: ${name}`)
    t.strictSame(renderRest('iat', given), want, `iat: ${name}`)
  }
})

t.test('a claim is rendered as an HTTP API renders it', async (t) => {
  const cases: readonly { name: string; claim?: string; given: unknown; want: unknown }[] = [
    { name: 'a string', given: 'a,b é ', want: 'a,b é ' },
    { name: 'booleans', given: true, want: 'true' },
    { name: 'exp is a number', claim: 'exp', given: 1787996002, want: '1787996002' },
    { name: 'iat is a number', claim: 'iat', given: 1652887941, want: '1652887941' },
    { name: 'zero', given: 0, want: '0' },
    { name: 'minus zero', given: -0, want: '0' },
    { name: 'a fraction', given: -1.5, want: '-1.5' },
    { name: 'a small fraction', given: 1e-7, want: '1e-7' },
    { name: 'the first with an exponent', given: 1e21, want: '1000000000000000000000' },
    { name: 'a negative one', given: -1e22, want: '-10000000000000000000000' },
    { name: 'the largest', given: Number.MAX_VALUE, want: BigInt(Number.MAX_VALUE).toString() },
    { name: '1e999, which JSON reads as Infinity', given: Infinity, want: 'Infinity' },
    { name: 'not a number', given: NaN, want: 'NaN' },
    { name: 'null', given: null, want: undefined },
    { name: 'absent', given: undefined, want: undefined },
    { name: 'an array', given: ['admin', 'poweruser'], want: ['admin', 'poweruser'] },
    { name: 'an empty array', given: [], want: [] },
    {
      name: 'an array of scalars',
      given: [1e21, true, null, 'x'],
      want: ['1000000000000000000000', 'true', 'null', 'x'],
    },
    { name: 'nested values', given: [['a', 'b'], { c: 1 }], want: ['["a","b"]', '{"c":1}'] },
    { name: 'an object', given: { a: [1, 'x'] }, want: '{"a":[1,"x"]}' },
    { name: 'an array too deep for the stack', given: [deep(50_000)], want: [''] },
    { name: 'an object too deep for the stack', given: { a: deep(50_000) }, want: undefined },
  ]
  for (const { name, claim = 'custom:x', given, want } of cases) {
    t.strictSame(renderHttp(claim, given), want, name)
  }
})

t.test('no JSON value makes either throw', async (t) => {
  const name = fc.constantFrom('exp', 'iat', 'sub', 'cognito:groups', '__proto__')
  const render = fc.constantFrom(renderRest, renderHttp)
  fc.assert(
    fc.property(render, name, fc.jsonValue(), (renderClaim, claim, value) => {
      const rendered = renderClaim(claim, value)
      if (value === null) return rendered === undefined
      return Array.isArray(value)
        ? Array.isArray(rendered) && rendered.length === value.length
        : typeof rendered === 'string'
    }),
  )
  t.pass('fast-check prints its seed on failure')
})

t.test('JSON text is undefined where there is none', async (t) => {
  t.equal(renderJson({ a: 1 }), '{"a":1}')
  t.equal(renderJson(undefined), undefined)
  t.equal(renderJson(deep(50_000)), undefined)
})

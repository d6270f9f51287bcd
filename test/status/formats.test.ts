import t from 'tap'
import { formats, valueAt, type Format } from '../../src/status/formats.ts'

t.test('each kind of value has its text', async (t) => {
  const cases: readonly (readonly [Format, unknown, string])[] = [
    ['text', 'a <b>', 'a <b>'],
    ['text', 401, '401'],
    ['text', null, '–'],
    ['count', 0, '0'],
    ['count', 999, '999'],
    ['count', 1000, '1,000'],
    ['count', 1_234_567, '1,234,567'],
    ['bytes', 0, '0 B'],
    ['bytes', 1023, '1023 B'],
    ['bytes', 1024, '1.0 KiB'],
    ['bytes', 33_554_432, '32.0 MiB'],
    ['bytes', 5 * 1024 ** 4, '5120.0 GiB'],
    ['percent', null, '–'],
    ['percent', 0.9412, '94.1 %'],
    ['duration', null, '–'],
    ['duration', 0, '0 s'],
    ['duration', 59, '59 s'],
    ['duration', 60, '1 min 0 s'],
    ['duration', 3599, '59 min 59 s'],
    ['duration', 7500, '2 h 5 min'],
    ['duration', 93_899, '1 d 2 h'],
    ['time', '2026-11-29T07:15:59.120Z', '2026-11-29 07:15:59'],
    ['access', { access: 'public', authorizer: null }, 'Public'],
    ['access', { access: 'token', authorizer: 'pool' }, 'Token of pool'],
    ['needs', { scopes: [], groups: [] }, '–'],
    ['needs', { scopes: ['a/b', 'c'], groups: ['d'] }, 'a/b, c, group d'],
    ['reasons', {}, '–'],
    ['reasons', { no_route: 1, token_missing: 12 }, 'token_missing\u00a012, no_route\u00a01'],
    ['pass', true, 'pass'],
    ['pass', false, 'are refused'],
    ['word', null, '–'],
    ['word', 'not_ready', 'Not ready'],
  ]
  for (const [format, value, want] of cases) {
    t.equal((formats[format] as (value: unknown) => string)(value), want)
  }
  t.strictSame(new Set(cases.map(([format]) => format)), new Set(Object.keys(formats)))
})

t.test('a value is found by its path', async (t) => {
  t.equal(valueAt({ a: { b: 1 } }, 'a.b'), 1)
  t.equal(valueAt('text', ''), 'text')
})

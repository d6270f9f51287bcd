import { join } from 'node:path'
import t from 'tap'
import {
  denyListSettings,
  maxDeniedTokens,
  maxDenyListBytes,
  parseDenyList,
  parseDenyListInSlices,
} from '../../src/config/deny-list.ts'
import type { DeniedToken } from '../../src/core/settings.ts'
import { problemsOf } from '../helpers/problems-of.ts'

const parse = (text: string | Uint8Array) => parseDenyList(Buffer.from(text))

const faultsOf = (text: string | Uint8Array) => {
  const parsed = parse(text)
  return parsed.ok ? ['none'] : parsed.error
}

const token = (claim: string, value: string, issuer?: string) => ({ claim, value, issuer })

/** Lists of so many entries in each of the forms that a long one may have. */
const longLists = (count: number, last = '') => {
  const numbers = Array.from({ length: count }, (_, n) => n)
  return [
    {
      form: 'flow entries',
      text: `# revoked\n---\n${numbers.map((n) => `- { claim: jti, value: v${n} }\n`).join('')}${last}`,
    },
    {
      form: 'block entries with CRLF',
      text: `${numbers.map((n) => `-\r\n  claim: jti\r\n  value: v${n} # why\r\n`).join('')}${last}`,
    },
    {
      form: 'JSON in one line',
      text: ` ${JSON.stringify(numbers.map((n) => ({ claim: 'jti', value: `v${n}` })))}\n${last}`,
    },
    {
      form: 'JSON in many lines',
      text: `${JSON.stringify(
        numbers.map((n) => ({ claim: 'jti', value: `v${n}` })),
        undefined,
        2,
      )}${last}`,
    },
  ]
}

t.test('a list is read from YAML and from JSON', async (t) => {
  const want = { ok: true, value: [token('sub', 'a'), token('kid', 'b', 'https://i/')] }
  for (const text of [
    '- { claim: sub, value: a }\n- { claim: kid, value: b, issuer: https://i/ }',
    '# why\n- claim: sub\n  value: a\n  issuer: ""\n- issuer: "https://i/"\n  value: "b"\n  claim: kid\n',
    '[{"claim":"sub","value":"a"},{"claim":"kid","value":"b","issuer":"https://i/"}]',
    '\ufeff[ { claim: sub, value: a }, { claim: kid, value: b, issuer: "https://i/" } ]',
  ]) {
    t.strictSame(parse(text), want, text)
  }
  t.strictSame(parse('[]'), { ok: true, value: [] })
})

t.test('what is wrong is said entry by entry', async (t) => {
  const cases: readonly (readonly [string | Uint8Array, readonly string[]])[] = [
    ['', ['is empty; a list without entries is []']],
    ['# nothing\n', ['is empty; a list without entries is []']],
    ['claim: sub\n', ['holds a map; a deny list is a list of entries']],
    ['text', ['holds "text"; a deny list is a list of entries']],
    ['- sub', ['[0] "sub" is not a map of keys such as claim']],
    [
      '- { claim: email, value: a }',
      ['[0].claim "email" is not one of: sub, jti, origin_jti, kid'],
    ],
    [
      '- { claim: SUB, value: a }',
      ['[0].claim "SUB" is not one of: sub, jti, origin_jti, kid; write sub'],
    ],
    ['- { claim: sub }', ['[0].value is missing; give one']],
    ['- { claim: sub, value: }', ['[0].value has no value; give one, or leave the key out']],
    ["- { claim: sub, value: '' }", ['[0].value is empty']],
    ['- { claim: sub, value: 12 }', ["[0].value 12 is not text; write it in quotes: '12'"]],
    [
      '- { claim: sub, value: a, until: b }',
      ['[0].until unknown key; allowed here: claim, value, issuer'],
    ],
    [
      '- { claim: sub, value: a, __proto__: b }',
      ['line 1 or later: [0].__proto__ is a reserved name'],
    ],
    [
      '- { claim: sub, value: a, value: b }',
      ['line 1 or later: [0].value stands in the map already; give each key once'],
    ],
    ['- &a { claim: sub, value: a }\n---\n- *a', ['holds several documents (---); give one']],
    [
      '- { claim: sub, value: a',
      ['line 1, column 25: a { or [ before it is not closed, or what is in it is not indented'],
    ],
    ['- {a: &x [*x]}', ['stands for more than 100000 values, or for a list or map within itself']],
    [Uint8Array.of(0x2d, 0x20, 0xff), ['is not UTF-8 text']],
  ]
  for (const [text, want] of cases) t.strictSame(faultsOf(text), want, String(text))
  const many = '- { claim: sub }\n'.repeat(40)
  t.strictSame(
    faultsOf(many),
    Array.from({ length: 10 }, (_, n) => `[${n}].value is missing; give one`),
  )
})

t.test('a long list is read in slices, with the same outcome', async (t) => {
  const want = Array.from({ length: 1237 }, (_, n) => token('jti', `v${n}`))
  for (const { form, text } of longLists(1237)) {
    t.ok(text.length > 16_384)
    t.strictSame(parse(text), { ok: true, value: want }, form)
    t.strictSame(await parseDenyListInSlices(Buffer.from(text)), { ok: true, value: want }, form)
  }
})

t.test('the fault of a long list is found wherever it is', async (t) => {
  const notJson = ['is long and begins with [, but is no JSON list of entries']
  const [flow, block, line, lines] = longLists(1000).map(({ text }) => text)
  const last = '- { claim: sub, value: [ }\n'
  const [flowBad, blockBad, lineBad] = longLists(1000, last).map(({ text }) => text)
  const entry = '{"claim":"sub","value":"a"}'
  const padded = (text: string) => text + ' '.repeat(20_000)
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'flow',
      flowBad!,
      ['line 1003, column 26: a { or [ before it is not closed, or what is in it is not indented'],
    ],
    [
      'block',
      blockBad!,
      ['line 3001, column 26: a { or [ before it is not closed, or what is in it is not indented'],
    ],
    [
      'an entry',
      `${flow!}- { claim: nbf, value: a }`,
      ['[1000].claim "nbf" is not one of: sub, jti, origin_jti, kid'],
    ],
    [
      'no list',
      `${block!}more: x\n`,
      [
        'line 3001, column 1: something stands behind a value that is complete; is a comma missing?',
      ],
    ],
    ['text after JSON', lineBad!, notJson],
    ['JSON cut short', lines!.slice(0, 20_000), notJson],
    ['JSON with a list in an entry', line!.replace('"v7"', '["v7"]'), notJson],
    ['JSON with a hanging comma', padded(`[${entry},]`), notJson],
    ['JSON that is none', padded('[{"claim":sub}]'), ['has an entry that is not JSON']],
    [
      'a name twice',
      padded(`[{"claim":"sub","value":"a","val\\u0075e":"b"}]`),
      ['has an entry with a name in it twice'],
    ],
    ['YAML in brackets', padded('[{ claim: sub, value: a }]'), ['has an entry that is not JSON']],
    [
      'an endless entry',
      `- { claim: sub, value: ${'x'.repeat(20_000)} }`,
      ['line 1 or later: an entry is too long, or does not begin with "- "'],
    ],
    [
      'a wrong beginning',
      ' - { claim: sub, value: a }\n'.repeat(1000),
      ['line 1 or later: an entry is too long, or does not begin with "- "'],
    ],
  ]
  for (const [name, text, want] of cases) {
    t.ok(text.length > 16_384, name)
    // What else the parser finds at that place is its own affair.
    t.strictSame(faultsOf(text).slice(0, 1), want, name)
  }
})

t.test('a list has a bound in entries and one in bytes', async (t) => {
  const list = (count: number) =>
    Buffer.from(JSON.stringify(Array(count).fill({ claim: 'kid', value: 'k' })))
  const full = parseDenyList(list(maxDeniedTokens))
  t.equal(full.ok && full.value.length, maxDeniedTokens)
  t.strictSame(faultsOf(list(maxDeniedTokens + 1)), ['has more than 100000 entries'])
  t.strictSame(faultsOf(Buffer.alloc(maxDenyListBytes + 1, ' ')), [
    'has 16777217 bytes; a deny list may have 16777216',
  ])
})

t.test('the settings hold the list, its path, and no list without a file', async (t) => {
  const folder = t.testdir({
    'good.yaml': '- { claim: sub, value: a }',
    'bad.yaml': '- { claim: x }',
  })
  const read = (file: string) => {
    const seen: { settings?: unknown } = {}
    const problems = problemsOf((report) => {
      seen.settings = denyListSettings(
        { file },
        { report, resolvePath: (path) => join(folder, path) },
      )
    })
    return { ...seen, problems }
  }
  t.strictSame(read(''), { settings: { path: undefined, tokens: [] }, problems: [] })
  t.strictSame(read('good.yaml'), {
    settings: { path: join(folder, 'good.yaml'), tokens: [token('sub', 'a')] },
    problems: [],
  })
  t.strictSame(read('bad.yaml').problems, [
    'denyList.file: "bad.yaml" [0].claim "x" is not one of: sub, jti, origin_jti, kid',
    'denyList.file: "bad.yaml" [0].value is missing; give one',
  ])
  t.strictSame(read('none.yaml').problems, [
    'denyList.file: "none.yaml" cannot be read: there is no such file',
  ])
})

t.test('a list that somebody else reads is left alone', async (t) => {
  const settings = (path: string) =>
    denyListSettings(
      { file: 'missing.json' },
      {
        report: (path, message) => t.fail(`${path} ${message}`),
        resolvePath: (path) => `/etc/${path}`,
        inForce: {
          listen: { host: '', port: 0, tls: undefined },
          denyList: { path, tokens: [token('sub', 'a') as DeniedToken] },
        },
      },
    )
  t.strictSame(settings('/etc/missing.json').tokens.length, 1, 'it is in force')
  t.strictSame(settings('/etc/other.json'), { path: '/etc/missing.json', tokens: [] })
})

// Changes of header lines: identity names under aliases, what names them away, line breaks that are
// none, tokens said twice; and changes of single bytes anywhere.
import type { SeededRandom } from '../seeded-random.ts'
import type { Draft } from './draft.ts'
import type { Mutate } from './mutate-target.ts'

const addLine = (draft: Draft, { below }: SeededRandom, line: string): void => {
  draft.lines.splice(below(draft.lines.length + 1), 0, line)
}

const identityNames = ['X-Claim-Sub', 'X-Claim-Username', 'X-Claim-Groups', 'X-Claim-Email']

/** Ways to spell a name that some reader takes for the plain one. */
const spellings: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => name.toLowerCase(),
  (name) => name.toUpperCase(),
  (name) => name.replaceAll('-', '_'),
  (name) => name.toLowerCase().replace('-', '_'),
  (name) => name.replaceAll('-', '.'),
  (name) => name.replace('-', '~'),
  (name) => name.replace('-', "'"),
  (name) => `${name} `,
  (name) => ` ${name}`,
  (name) => `\t${name}`,
  (name) => `${name}\t`,
  (name) => name.replace('-', '\0'),
  (name) => name.replace('-', '\xad'),
  (name) => name.replaceAll('-', ' '),
]

const identity: Mutate = (draft, random) => {
  const { pick, below } = random
  for (let count = 1 + below(3); count > 0; count -= 1) {
    addLine(
      draft,
      random,
      `${pick(spellings)(pick(identityNames))}: ${pick(['admin', '', 'a, b'])}`,
    )
  }
}

const overrides = [
  ...['X-Forwarded-Uri: /public/x', 'X-Original-URL: /admin/x', 'X-Rewrite-URL: /admin/x'],
  ...['X-HTTP-Method-Override: DELETE', 'x_http_method: PUT', 'X-Forwarded-Prefix: /admin'],
  ...[
    'X-Forwarded-For: 1.2.3.4',
    'X_Forwarded_For: 1.2.3.4',
    'Forwarded: for=1.2.3.4',
    'Proxy: http://evil',
  ],
  ...[
    'X-Request-Id: mine',
    'X-Gate-Secret: x',
    'X-Forwarded-Host: evil',
    'X-Real-IP: 1.2.3.4',
    'Via: 1.1 x',
  ],
]

const override: Mutate = (draft, random) => addLine(draft, random, random.pick(overrides))

const named = [
  ...[
    'X-Claim-Sub',
    'x-claim-sub, keep-alive',
    'Authorization',
    'X-Forwarded-For',
    'X-Request-Id',
    'close',
  ],
  ...[
    'Host',
    'Content-Length',
    'Transfer-Encoding',
    'x_claim_sub',
    'Cookie',
    ',',
    'upgrade',
    'TE',
    '\0',
    '',
  ],
  ...[
    'keep-alive, close',
    'close, x-claim-sub',
    'X-Forwarded-Proto',
    ' , ,x-claim-groups',
    'accept',
  ],
]

const connection: Mutate = (draft, random) => {
  const name = random.pick(['Connection', 'connection', 'Proxy-Connection', 'Connection_'])
  addLine(draft, random, `${name}: ${random.pick(named)}`)
}

const hostLines = [
  ...[
    'Host: other',
    'host: gate',
    'Host: a,b',
    'Host: gate:99999',
    'Host: user@gate',
    'Host: gate/x',
  ],
  ...[
    'Host:',
    'Host: [::1]',
    'Host: [::1',
    'Host: gate\tx',
    'Host: a"b',
    'Host : gate',
    'Host: gate:80',
  ],
]

const host: Mutate = (draft, random) => {
  if (random.below(3) > 0) draft.lines = draft.lines.filter((line) => !/^host:/i.test(line))
  if (random.below(5) > 0) addLine(draft, random, random.pick(hostLines))
}

const authorization: Mutate = (draft, random) => {
  const held = draft.lines.filter((line) => /^authorization:/i.test(line))
  const line = held[0] ?? 'Authorization: Bearer x.y.z'
  const value = line.slice(line.indexOf(':') + 1).trim()
  const changed = random.pick([
    line,
    `Authorization: Basic ${value}`,
    `authorization: ${value}`,
    `Authorization_: ${value}`,
    `Authorization: ${value}, ${value}`,
    `Authorization: Bearer  ${value.replace(/^bearer /i, '')}`,
    `Authorization:\t${value}`,
    `Authorization: ${value}\t `,
    `Authorization: ${value}=`,
    `Authorization: ${value.slice(0, -1)}`,
    `Authorization: ${value}\0`,
    'Authorization:',
  ])
  if (random.below(2) === 0) draft.lines = draft.lines.filter((each) => !held.includes(each))
  addLine(draft, random, changed)
}

const special = [
  ...[
    'Expect: 100-continue',
    'Expect: 100-Continue',
    'Expect: x',
    'Max-Forwards: 0',
    'Max-Forwards: 1',
  ],
  ...[
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABkAAQAAP__',
    'TE: trailers',
    'TE: gzip',
    'Keep-Alive: timeout=9',
  ],
  ...[
    'Proxy-Authorization: Basic x',
    'Trailer: X-Claim-Sub',
    'Trailer: Content-Length',
    'Range: bytes=0-',
  ],
  ...[
    'Upgrade: websocket',
    'Content-Encoding: gzip',
    'Origin: https://a',
    'X-Nul: a\0b',
    'X-Ctl: a\x01b',
  ],
  ...[
    'no colon',
    ': no name',
    'X-Colon :x',
    'X Space: x',
    'X(Odd): x',
    'X-\xe9: x',
    '',
    'GET / HTTP/1.1',
  ],
  ...['X-Del: a\x7fb', 'X-Tab:\ta', 'X-Crs: a\r\r', 'X-Vt: \x0ba'],
]

const line: Mutate = (draft, random) => addLine(draft, random, random.pick(special))

/** Line breaks that some readers see and others do not. */
const breaks = [
  '\n',
  '\r',
  '\r\r\n',
  '\n\r',
  '\r\n ',
  '\r\n\t',
  '\r\n\r\n',
  '\n\n',
  '\0',
  '\r\n\0',
  '\x0b',
]

const lineBreak: Mutate = (draft, random) => {
  const at = random.below(draft.lines.length)
  const given = draft.lines[at]!
  const cut = random.below(given.length + 1)
  const after = random.pick([
    '',
    'X-Claim-Sub: admin',
    'Content-Length: 3',
    'Transfer-Encoding: chunked',
    'x',
  ])
  draft.lines[at] = given.slice(0, cut) + random.pick(breaks) + after + given.slice(cut)
}

/** Two lines joined by something else than a line break. */
const join: Mutate = (draft, random) => {
  if (draft.lines.length < 3) return
  const at = random.below(draft.lines.length - 1)
  const [one = '', two = ''] = draft.lines.slice(at, at + 2)
  draft.lines.splice(at, 2, one + random.pick(breaks) + two)
}

export const headMutations: Readonly<Record<string, Mutate>> = {
  identity,
  override,
  connection,
  host,
  authorization,
  line,
  lineBreak,
  join,
}

const bytes = [
  '\0',
  '\t',
  '\n',
  '\r',
  ' ',
  '/',
  ':',
  ';',
  '%',
  ',',
  '\x7f',
  '\x80',
  '\xff',
  '0',
  'a',
  '-',
  '_',
]

/** Changes one to three bytes of the whole request: replaces, inserts, takes away, doubles. */
export const mutateBytes = (text: string, { below, pick }: SeededRandom): string => {
  let changed = text
  for (let count = 1 + below(3); count > 0; count -= 1) {
    const at = below(changed.length)
    const length = 1 + below(4)
    const head = changed.slice(0, at)
    changed = pick([
      () => head + pick(bytes) + changed.slice(at + 1),
      () => head + pick(bytes) + changed.slice(at),
      () => head + changed.slice(at + length),
      () => changed.slice(0, at + length) + changed.slice(at),
    ])()
  }
  return changed
}

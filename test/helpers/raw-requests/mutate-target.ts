// Changes of the request line: targets that readers read in different ways, methods, versions.
import type { SeededRandom } from '../seeded-random.ts'
import type { Draft } from './draft.ts'

/** One way to change a draft. */
export type Mutate = (draft: Draft, random: SeededRandom) => void

const roots = [
  '/public',
  '/protected',
  '/admin',
  '/denied',
  '/Public',
  '/PROTECTED',
  '/%70ublic',
  '',
]
const joints = ['/', '/', '/', '//', '\\', '%2f', '%2F', '%5c', '/./', ';/', '/;a=b/', '/%2e/', '']
const pieces = [
  ...['..', '..', '.', '%2e%2e', '.%2e', '%2E.', '%252e%252e', '..;', '..%00', '...', '%2e%2e;x=y'],
  ...['public', 'protected', 'admin', 'denied', 'x', 'ADMIN', '%61dmin', 'admin;a=b', '', 'a%2fb'],
  ...[
    '%',
    '%g0',
    '%c0%ae',
    '%c3%28',
    '%ff',
    '\xe9',
    '%00',
    '%0d%0aX:%20y',
    '%09',
    '%7f',
    '%20',
    '+',
  ],
  ...[
    '#',
    '#/public/x',
    '@',
    ':',
    '*',
    "'",
    '"',
    '<',
    '{',
    '|',
    '^',
    '`',
    '~',
    '!',
    '$',
    '&',
    ',',
    '=',
  ],
]
const tails = ['', '', '', '/', '?', '?a=/../admin', '?a#b', '?%00', '?a=%zz', '?;', '?\\', '??']
const odd = [
  ...['*', 'gate:80', 'http://gate/public/x', 'http://gate/admin/x', 'https://evil/public/x'],
  ...[
    '//evil/public/x',
    'http:/public/x',
    'HTTP://GATE/public/x',
    '?a',
    '#a',
    '',
    '/',
    '//',
    '/..',
  ],
  ...['public/x', './public/x', '\\public\\x', '/public/x /admin/x', '/public/x\tHTTP/1.1'],
]

const walk: Mutate = (draft, { pick, below }) => {
  let target = pick(roots)
  for (let steps = 1 + below(5); steps > 0; steps -= 1) target += pick(joints) + pick(pieces)
  draft.target = target + pick(tails)
}

const insert: Mutate = (draft, { pick, below }) => {
  const at = below(draft.target.length + 1)
  draft.target = draft.target.slice(0, at) + pick([...joints, ...pieces]) + draft.target.slice(at)
}

/** Escapes a byte of the target, in either case, once or twice. */
const escape: Mutate = (draft, { pick, below }) => {
  const at = 1 + below(draft.target.length - 1)
  const hex = draft.target.charCodeAt(at).toString(16).padStart(2, '0')
  const escaped = pick([`%${hex}`, `%${hex.toUpperCase()}`, `%25${hex}`])
  draft.target = draft.target.slice(0, at) + escaped + draft.target.slice(at + 1)
}

const oddTarget: Mutate = (draft, { pick }) => {
  draft.target = pick(odd)
}

const methodNames = [
  ...[
    'get',
    'Get',
    'FOO',
    'CONNECT',
    'TRACE',
    'PROPFIND',
    'M-SEARCH',
    'QUERY',
    'PRI',
    'PURGE',
    'LINK',
  ],
  ...['', ' GET', 'GET ', 'GET\t', 'G\0T', 'GET/', 'G,T', 'OPTIONS', 'DELETE', 'HEAD', 'GETGET'],
]

const method: Mutate = (draft, { pick }) => {
  draft.method = pick(methodNames)
}

const versions = [
  ...[
    'HTTP/1.0',
    'HTTP/1.0',
    'HTTP/1.0',
    'HTTP/0.9',
    'HTTP/2.0',
    'HTTP/1.10',
    'HTTP/1.2',
    'HTTP/01.1',
  ],
  ...[
    'http/1.1',
    'HTTP/1.1 ',
    ' HTTP/1.1',
    'HTTP/1',
    'HTTP/1.1 x',
    'HTTPS/1.1',
    'HTTP /1.1',
    'RTSP/1.0',
  ],
  ...['', 'HTTP/1.1\t', 'HTTP/1.1\0', 'ICE/1.0', 'HTTP/3.0', 'HTTP/1,1'],
]

const version: Mutate = (draft, { pick }) => {
  draft.version = pick(versions)
}

const before: Mutate = (draft, { pick }) => {
  draft.before = pick(['\r\n', '\r\n\r\n', '\n', '\r', ' ', '\0', '\r\n \r\n', 'x', '\t'])
}

export const targetMutations: Readonly<Record<string, Mutate>> = {
  walk,
  insert,
  escape,
  oddTarget,
  method,
  version,
  before,
}

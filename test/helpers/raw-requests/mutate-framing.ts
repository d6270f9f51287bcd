// Changes of what says where a request ends: lengths, codings, chunks, trailers.
import type { SeededRandom } from '../seeded-random.ts'
import { chunked, smuggled, type Draft } from './draft.ts'
import type { Mutate } from './mutate-target.ts'

const isFraming = (line: string): boolean => /^(?:content-length|transfer-encoding)/i.test(line)

const reframe = (draft: Draft, lines: readonly string[], body: string): void => {
  draft.lines = [...draft.lines.filter((line) => !isFraming(line)), ...lines]
  draft.body = body
}

const bodyOf = ({ pick }: SeededRandom): string => pick(['hi', smuggled, 'x'.repeat(40), ''])

/** Of a length in decimal. */
const oddLengths: readonly ((length: number) => string)[] = [
  (n) => `+${n}`,
  (n) => `-${n}`,
  (n) => `0x${n.toString(16)}`,
  (n) => `0${n}`,
  (n) => `${n}, ${n}`,
  (n) => `${n},0`,
  (n) => `${n} ${n}`,
  (n) => `${n}.0`,
  (n) => `${n}e0`,
  (n) => `${n}\0`,
  (n) => ` ${n} `,
  (n) => `\t${n}`,
  (n) => `"${n}"`,
  (n) => `\xb2${n}`,
  () => '',
  () => '18446744073709551617',
  () => '99999999999999999999',
  () => 'chunked',
]

const oddLength: Mutate = (draft, random) => {
  const body = bodyOf(random)
  reframe(draft, [`Content-Length: ${random.pick(oddLengths)(body.length)}`], body)
}

const wrongLength: Mutate = (draft, random) => {
  const body = bodyOf(random)
  const length = Math.max(0, body.length + random.pick([-40, -2, -1, 1, 2, 1000]))
  reframe(draft, [`Content-Length: ${length}`], body)
}

const twoFramings: Mutate = (draft, random) => {
  const { pick } = random
  const body = bodyOf(random)
  const lengthLine = `Content-Length: ${pick([body.length, 0, body.length + 1])}`
  const others = [
    'Transfer-Encoding: chunked',
    'Content-Length: 0',
    `Content-Length: ${body.length}`,
    'Transfer-Encoding: identity',
    'Transfer_Encoding: chunked',
    'Content_Length: 0',
    'Transfer-Encoding : chunked',
    'Content-Length : 0',
    'Transfer-Encoding\t: chunked',
    'Transfer.Encoding: chunked',
  ]
  const lines = [lengthLine, pick(others)]
  if (random.below(2) === 0) lines.reverse()
  reframe(draft, lines, pick([body, chunked(body, 7) + '0\r\n\r\n', '0\r\n\r\n' + smuggled]))
}

const codings = [
  ...[
    'gzip, chunked',
    'chunked, gzip',
    'chunked, chunked',
    'identity',
    'xchunked',
    'chunkedx',
    'x',
  ],
  ...[
    'chunked;q=1',
    '"chunked"',
    'chunked,',
    ',chunked',
    '\x0bchunked',
    'chunked\x0b',
    ' chunked ',
  ],
  ...['\tchunked\t', 'CHUNKED', 'chun\0ked', 'chunked\xa0', '', 'ch\xfcnked', 'cow, chunked'],
]

const oddCoding: Mutate = (draft, random) => {
  const body = chunked(bodyOf(random), 7) + '0\r\n\r\n'
  reframe(draft, [`Transfer-Encoding:${random.pick([' ', '', '  '])}${random.pick(codings)}`], body)
}

/** Chunk heads, given the size of two bytes that follow. */
const oddSizes = [
  ...[
    '2 ',
    ' 2',
    '2\t',
    '02',
    '0x2',
    '+2',
    '-2',
    '2;',
    '2;a',
    '2;a=b',
    '2;a="b"',
    '2 ;a',
    '2;a="\r\n"',
  ],
  ...[
    '2;a\n',
    '2\n',
    '2\r',
    '',
    '2h',
    'h',
    '00000000000000002',
    'fffffffffffffffff',
    '10000000000000002',
  ],
  ...['2;' + 'a'.repeat(3000), '2;a\0b', '2;\x7f', '3', '1', '2,2', '2\r\r', '2;a\rb', '2.', '"2"'],
]

const oddChunk: Mutate = (draft, { pick }) => {
  const size = pick(oddSizes)
  const lineEnd = /[\r\n]$/.test(size) ? '' : pick(['\r\n', '\r\n', '\r\n', '\n'])
  const after = pick(['\r\n', '\r\n', '\r\n', '\n', '\r', '', '\r\r\n', 'xx'])
  const last = pick([
    '0\r\n\r\n',
    '0\r\n\r\n',
    '00\r\n\r\n',
    '0;a\r\n\r\n',
    '0\n\n',
    '0\r\n\n',
    '0\r\n',
  ])
  reframe(draft, ['Transfer-Encoding: chunked'], `${size}${lineEnd}hi${after}${last}`)
}

const trailers = [
  ...[
    'X-Claim-Sub: admin',
    'x_claim_sub: admin',
    'Content-Length: 5',
    'Transfer-Encoding: chunked',
  ],
  ...[
    'Host: evil',
    'Authorization: Bearer x',
    'X-Sum: 1',
    'X Y: 1',
    ' folded',
    'X-Nul: \0',
    'none',
  ],
  ...['Connection: upgrade', 'Upgrade: websocket', 'Expect: 100-continue', 'Cookie: a=b'],
  ...['X-Case: trailer', 'Connection: close', ': x', 'X-Lf: a\nX-Claim-Sub: admin', 'X-Cr: a\rb'],
]

const trailer: Mutate = (draft, { pick, below }) => {
  const lines = Array.from({ length: 1 + below(3) }, () => `${pick(trailers)}\r\n`)
  const head = ['Transfer-Encoding: chunked', ...pick([[], ['Trailer: X-Sum'], ['TE: trailers']])]
  reframe(draft, head, `2\r\nhi\r\n0\r\n${lines.join('')}\r\n`)
}

const hidden: Mutate = (draft, { pick }) => {
  const chunks = chunked(smuggled, 4096)
  const length = `Content-Length: ${smuggled.length}`
  const [lines, body] = pick<readonly [readonly string[], string]>([
    [[length], smuggled],
    [['Transfer-Encoding: chunked'], `${chunks}0\r\n\r\n`],
    [[], smuggled],
    [['Expect: 100-continue', length], smuggled],
    [['Expect: 100-continue', 'Transfer-Encoding: chunked'], `${chunks}0\r\n\r\n`],
  ])
  draft.method = pick(['GET', 'DELETE', 'OPTIONS', 'HEAD', 'POST'])
  reframe(draft, lines, body)
}

export const framingMutations: Readonly<Record<string, Mutate>> = {
  oddLength,
  wrongLength,
  twoFramings,
  oddCoding,
  oddChunk,
  trailer,
  hidden,
}

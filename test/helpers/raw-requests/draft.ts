// A generated request before it is bytes: parts that mutations change. What a draft means is not asked
// here; sent.ts reads the bytes that came of it.
import type { SeededRandom } from '../seeded-random.ts'

/** All texts hold one character per byte. */
export interface Draft {
  /** Bytes before the request line. */
  before: string
  method: string
  target: string
  version: string
  /** `Name: value`, without line breaks; `Host`, the id and the token come first. */
  lines: string[]
  /** What follows the head. */
  body: string
  /** What was done to it, for the books. */
  readonly done: string[]
}

/** Tokens to choose from. */
export interface Tokens {
  /** By token, what identity headers the upstream is to get: name in lower case, value. */
  readonly good: ReadonlyMap<string, GoodToken>
  /** Expired, forged, of another client. */
  readonly bad: readonly string[]
}

export interface GoodToken {
  readonly admin: boolean
  readonly headers: Readonly<Record<string, string>>
}

const publicTargets = ['/public/x', '/public/a/b', '/public/', '/public/%C3%A9', '/public/a;v=1/b']
const protectedTargets = ['/protected/x', '/protected/a%20b', '/protected/~u/-._', '/protected/a=b']
const queries = ['', '', '', '?a=1', '?a=/b&c=%2F', '?', '?q=..%2f..&r=?']
const bodies = ['', 'hi', 'a\r\n\r\nb', '\0\xff\x80', 'x'.repeat(2000)]
// undici closes its connection after HEAD, so that it comes seldom.
const methods = [
  ...[
    'GET',
    'GET',
    'GET',
    'GET',
    'POST',
    'POST',
    'POST',
    'PUT',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
  ],
  'HEAD',
]
const harmless = [
  'Accept: */*',
  'User-Agent: raw/1',
  'X-Empty:',
  'X-Spaced: \t a  b \t ',
  'X-High: \xe9\xff',
  'Cookie: a=b; c=d',
  'Connection: keep-alive',
  'Accept-Encoding: gzip',
  'X-Long: ' + 'y'.repeat(300),
]

/** A body that would be a request of its own to who ends the one before it too early. */
export const smuggled =
  'GET /admin/smuggled HTTP/1.1\r\nHost: gate\r\nX-Case: smuggled\r\nX-Claim-Sub: admin\r\n\r\n'

/** A sound request with the id in `X-Case`; its token may be bad unless it is to be `served`. */
export const draftRequest = (
  random: SeededRandom,
  tokens: Tokens,
  id: string,
  served: boolean,
): Draft => {
  const { pick, below } = random
  const isPublic = below(2) === 0
  const draft: Draft = {
    before: '',
    method: pick(methods),
    target: pick(isPublic ? publicTargets : protectedTargets) + pick(queries),
    version: 'HTTP/1.1',
    lines: ['Host: gate', `X-Case: ${id}`],
    body: '',
    done: [],
  }
  if (!isPublic || below(4) === 0) {
    draft.lines.push(
      `Authorization: ${pick(['Bearer ', 'bearer ', ''])}${tokenOf(random, tokens, served)}`,
    )
  }
  for (let count = below(4); count > 0; count -= 1) draft.lines.push(pick(harmless))
  if (below(3) === 0) frame(random, draft, below(6) === 0 ? smuggled : pick(bodies))
  return draft
}

const tokenOf = ({ pick, below }: SeededRandom, { good, bad }: Tokens, served: boolean): string =>
  !served && below(8) === 0 ? pick(bad) : pick([...good.keys()])

const frame = ({ below, pick }: SeededRandom, draft: Draft, body: string): void => {
  if (below(2) === 0) {
    draft.lines.push(`Content-Length: ${body.length}`)
    draft.body = body
    return
  }
  draft.lines.push(pick(['Transfer-Encoding: chunked', 'transfer-encoding: Chunked']))
  draft.body = chunked(body, pick([1, 7, 4096])) + '0\r\n\r\n'
}

/** Chunks of `size` bytes, without the last one; a small size is used for the start only. */
export const chunked = (body: string, size: number): string => {
  const chunk = (data: string): string => `${data.length.toString(16)}\r\n${data}\r\n`
  const parts = [body.slice(0, size), body.slice(size)].filter((part) => part !== '')
  return parts.map(chunk).join('')
}

export const serialise = ({ before, method, target, version, lines, body }: Draft): string =>
  `${before}${method} ${target} ${version}\r\n${lines.join('\r\n')}\r\n\r\n${body}`

// Tokens as attackers would try them: changed after they were signed, and signed rightly over what no
// issuer would write.
import { signText, signToken, type SigningKey } from './key-server.ts'
import type { SeededRandom } from './seeded-random.ts'

export interface Mutations {
  /** A good token three times in ten, else one that is changed or strange; some of those are good too. */
  readonly next: () => string
}

export interface MutationOptions {
  readonly random: SeededRandom
  readonly keys: readonly SigningKey[]
  /** Of a good token, as JSON; `exp` is the last of them. */
  readonly claims: Readonly<Record<string, unknown>>
  readonly nowSeconds: number
}

/** Prepares signed originals, since an RSA signature costs as much as twenty checks. */
export const createMutations = ({
  random,
  keys,
  claims,
  nowSeconds,
}: MutationOptions): Mutations => {
  const originals = Array.from({ length: 50 * keys.length }, (_, n) =>
    signToken(keys[n % keys.length]!, { n, ...claims }),
  )
  const quick = keys.filter(({ alg }) => alg === 'ES256' || alg === 'EdDSA')
  const strange = (): string => {
    const key = random.next() < 0.02 ? random.pick(keys) : random.pick(quick)
    const header = JSON.stringify({ alg: key.alg, kid: key.kid })
    const payload = JSON.stringify(claims)
    return random.next() < 0.4
      ? signText(key, rewriteHeader(header, random), payload)
      : signText(key, header, rewritePayload(payload, nowSeconds, random))
  }
  return {
    next: () => {
      const kind = random.next()
      if (kind < 0.3) return random.pick(originals)
      return kind < 0.7 ? changeSigned(random.pick(originals), keys, random) : strange()
    },
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ '

/** What is possible without a key. */
const changeSigned = (token: string, keys: readonly SigningKey[], random: SeededRandom): string => {
  const parts = token.split('.')
  const at = random.below(token.length)
  const some = alphabet.charAt(random.below(alphabet.length))
  const orders = [
    [0, 2, 1],
    [1, 0, 2],
    [0, 0, 2],
    [0, 1],
    [0, 1, 2, 2],
    [1, 2],
  ]
  const changes: readonly (() => string)[] = [
    () => token.slice(0, at) + some + token.slice(at + 1),
    () => token.slice(0, at) + some + token.slice(at),
    () => token.slice(0, at) + token.slice(at + 1),
    () => token.slice(0, -1) + some,
    () => token.slice(0, at),
    () => `${token}${random.pick(['=', '==', '.', '\n', ' ', 'A', '\0'])}`,
    () =>
      random
        .pick(orders)
        .map((n) => parts[n])
        .join('.'),
    () => rewritten(parts, 0, (text) => swap(text, 'alg', random.pick(algorithms))),
    () => rewritten(parts, 0, (text) => swap(text, 'kid', random.pick(keys).kid)),
    () => rewritten(parts, 1, (text) => text.replace('jane', 'root')),
    () => rewritten(parts, 1, (text) => `${text} `),
  ]
  return random.pick(changes)()
}

const algorithms = [
  'none',
  'None',
  '',
  'HS256',
  'RS256',
  'RS512',
  'PS256',
  'ES256',
  'ES384',
  'EdDSA',
]

const swap = (json: string, name: string, value: string): string =>
  json.replace(new RegExp(`"${name}":"[^"]*"`), `"${name}":"${value}"`)

const rewritten = (
  parts: readonly string[],
  index: number,
  change: (text: string) => string,
): string =>
  parts
    .map((part, n) =>
      n === index
        ? Buffer.from(change(Buffer.from(part, 'base64url').toString())).toString('base64url')
        : part,
    )
    .join('.')

const oddValues = [
  'null',
  'true',
  '""',
  '"x"',
  '0',
  '-1',
  '1e400',
  '1e99',
  '0.5',
  '[]',
  '{}',
  '[null]',
  '["x"]',
  '{"a":1}',
  '"\\ud800"',
  '"\\u0000"',
  '[[[[[[[[[[[]]]]]]]]]]]',
  '9007199254740993',
  '{"a":{"a":[{"a":1}]}}',
  '{"a":1,"a":2}',
] as const

const rewriteHeader = (header: string, random: SeededRandom): string | Buffer => {
  const value = random.pick(oddValues)
  const names = [
    'crit',
    'b64',
    'jwk',
    'jku',
    'x5u',
    'x5c',
    'typ',
    'cty',
    'zip',
    'enc',
    'p2c',
    '__proto__',
    'x',
  ]
  const changes: readonly (() => string | Buffer)[] = [
    () => withMember(header, random.pick(names), value),
    () => withMember(header, random.pick(names), value),
    () => withMember(header, 'crit', random.pick(['["exp"]', '["b64"]', '[""]'])),
    () => withMember(header, 'b64', random.pick(['true', 'false'])),
    () =>
      withMember(header, random.pick(['alg', 'kid']), random.pick([value, '"ES256"', '"EdDSA"'])),
    () => swap(header, 'alg', random.pick(algorithms)),
    () => swap(header, 'kid', random.pick(algorithms)),
    () => header.replace(/"kid":"[^"]*"/, `"kid":${value}`),
    () => header.replace(/,"kid":"[^"]*"/, ''),
    () => rewriteText(header, random),
  ]
  return random.pick(changes)()
}

const rewritePayload = (
  payload: string,
  nowSeconds: number,
  random: SeededRandom,
): string | Buffer => {
  const value = random.pick(oddValues)
  const offset = random.pick([-3600, -6, -5, -4, -1, 0, 1, 4, 5, 6, 3600])
  const time = random.pick([
    `${nowSeconds + offset}`,
    `${nowSeconds + offset}.5`,
    `"${nowSeconds + 60}"`,
  ])
  const registered = [
    'iss',
    'sub',
    'aud',
    'jti',
    'scope',
    'client_id',
    'token_use',
    'cognito:groups',
  ]
  const changes: readonly (() => string | Buffer)[] = [
    () => withMember(payload, 'x', value),
    () => withMember(payload, random.pick(['nbf', 'iat']), random.pick([time, time, value])),
    () => withMember(payload, random.pick([...registered, '__proto__', 'constructor']), value),
    () => payload.replace(/"exp":\d+/, `"exp":${random.pick([time, time, value, '1.8000036e9'])}`),
    () => payload.replace(/,"exp":\d+/, ''),
    () => payload.replace(/"aud":"[^"]*"/, `"aud":${random.pick(audiences)}`),
    () => payload.replace(/"sub":"[^"]*"/, `"sub":${value}`),
    () =>
      payload.replace(
        /"iss":"([^"]*)"/,
        (_, issuer: string) => `"iss":${issuerLike(issuer, random)}`,
      ),
    () => rewriteText(payload, random),
  ]
  return random.pick(changes)()
}

const audiences = [
  '["orders"]',
  '["x","orders"]',
  '["orders",1]',
  '[]',
  '["Orders"]',
  '"orders "',
  'null',
  '["orders",null]',
  '1',
  '{"0":"orders"}',
  '"x","client_id":"orders"',
  '[["orders"]]',
] as const

const issuerLike = (issuer: string, random: SeededRandom): string =>
  random.pick([
    `"${issuer}/"`,
    `"${issuer.toUpperCase()}"`,
    `["${issuer}"]`,
    `" ${issuer}"`,
    `"${issuer}"`,
    'null',
  ])

/** The same JSON in another spelling, or no JSON any more. */
const rewriteText = (json: string, random: SeededRandom): string | Buffer => {
  const at = random.below(json.length)
  const changes: readonly (() => string | Buffer)[] = [
    () => `${random.pick([' ', '\n', '\t', '\u00a0', '\ufeff'])}${json}`,
    () => `${json}${random.pick([' ', '\r\n', '}', '\0', 'null', ','])}`,
    () => json.replaceAll(',', ' , '),
    () => json.replaceAll(':', '\t:'),
    () =>
      Buffer.concat([
        Buffer.from(json.slice(0, at)),
        Buffer.from([random.below(256)]),
        Buffer.from(json.slice(at)),
      ]),
    () => json.slice(0, at) + json.slice(at + 1),
    () => json.replace('"', '\\u0022'),
    () => json.replace(/a/g, '\\u0061'),
    () => `[${json}]`,
    () => random.pick(oddValues),
  ]
  return random.pick(changes)()
}

const withMember = (json: string, name: string, value: string): string =>
  `${json.slice(0, -1)},"${name}":${value}}`

import t from 'tap'
import { deny, isDenial } from '../../src/core/denial.ts'
import { parseToken } from '../../src/token/parse-token.ts'
import { base64url } from '../helpers/key-server.ts'

const header = '{"alg":"RS256","kid":"k"}'
const payload = '{"iss":"i","exp":5}'

const parse = (head: string | Buffer, body: string | Buffer) =>
  parseToken(`${base64url(head)}.${base64url(body)}.QQ`, ['RS256', 'ES256'])

t.test('a token is taken apart', async (t) => {
  const body = '{"iss":"i","exp":5.5,"nbf":1,"iat":2,"aud":["a"],"x":{"y":null}}'
  t.match(parse(header, body), {
    algorithm: 'RS256',
    kid: 'k',
    issuer: 'i',
    claims: JSON.parse(body) as object,
    expiresAt: 5.5,
    notBefore: 1,
    issuedAt: 2,
    parts: { signatureB64: 'QQ' },
  })
  t.match(parse('{"alg":"ES256"}', '{"exp":0}'), {
    algorithm: 'ES256',
    kid: undefined,
    issuer: undefined,
    notBefore: undefined,
    issuedAt: undefined,
  })
})

t.test('a header that leaves room for interpretation is malformed', async (t) => {
  const cases = [
    '',
    'x',
    'null',
    '[]',
    '"x"',
    '{"alg":"RS256","alg":"none"}',
    '{"alg":"RS256","\\u0061lg":"RS256"}',
    '{"alg":"RS256","jwk":{"a":1,"a":2}}',
    '{"alg":"RS256","crit":[]}',
    '{"alg":"RS256","crit":["exp"],"exp":1}',
    '{"alg":"RS256","crit":["b64"],"b64":false}',
    '{"alg":"RS256","crit":null}',
    '{"alg":"RS256","b64":false}',
    '{"alg":7}',
    '{"alg":["RS256"]}',
    '{"alg":"RS256","kid":7}',
    '{"alg":"RS256","kid":null}',
    '\ufeff{"alg":"RS256"}',
    '{"alg":"RS256"} x',
    '['.repeat(5000),
    `{"alg":"RS256","x":${'['.repeat(5000)}${']'.repeat(5000)}}`,
  ]
  for (const given of cases)
    t.strictSame(parse(given, payload), deny('token_malformed'), given.slice(0, 50))
  const broken = Buffer.concat([
    Buffer.from('{"alg":"RS256","x":"'),
    Buffer.from([0xff]),
    Buffer.from('"}'),
  ])
  t.strictSame(parse(broken, payload), deny('token_malformed'), 'no UTF-8')
})

t.test('header members that could lead to other keys are ignored, and so is typ', async (t) => {
  const more =
    '"jku":"http://127.0.0.1:1/","x5u":"x","x5c":["x"],"jwk":{"kty":"oct"},"typ":9,"b64":true'
  t.notOk(isDenial(parse(`{"alg":"RS256","kid":"k",${more}}`, payload)))
})

t.test('an algorithm that is not among the configured ones is refused', async (t) => {
  const refused = [
    'none',
    'HS256',
    'rs256',
    'RS256 ',
    'RS512',
    'PS256',
    '',
    '__proto__',
    'constructor',
  ]
  for (const alg of refused) {
    t.strictSame(parse(JSON.stringify({ alg, kid: 'k' }), payload), deny('algorithm_refused'), alg)
  }
  t.strictSame(parse('{"kid":"k"}', payload), deny('algorithm_refused'), 'none named')
  t.strictSame(parse('{"__proto__":{"alg":"RS256"}}', payload), deny('algorithm_refused'))
})

t.test('a payload that leaves room for interpretation is malformed', async (t) => {
  const cases = [
    'x',
    'null',
    'true',
    '7',
    '"x"',
    '[{"exp":5}]',
    '{}',
    '{"exp":"5"}',
    '{"exp":null}',
    '{"exp":[5]}',
    '{"exp":NaN}',
    '{"exp":1e400}',
    '{"exp":-1e400}',
    '{"exp":Infinity}',
    '{"exp":true}',
    '{"exp":5,"exp":5}',
    '{"exp":5,"sub":"a","s\\u0075b":"b"}',
    '{"exp":5,"a":[{"b":1,"b":1}]}',
    '{"exp":5,"nbf":"x"}',
    '{"exp":5,"iat":1e999}',
    '{"exp":5,"iss":7}',
    '{"exp":5,"aud":{}}',
    '{"exp":5,"aud":[7]}',
    '{"exp":5,"scope":["a"]}',
    '{"exp":5',
    `{"exp":5,"x":${'[{"y":'.repeat(3000)}`,
    '{"__proto__":{"exp":5}}',
  ]
  for (const given of cases)
    t.strictSame(parse(header, given), deny('token_malformed'), given.slice(0, 50))
  const broken = Buffer.concat([
    Buffer.from('{"exp":5,"x":"'),
    Buffer.from([0xc0, 0x80]),
    Buffer.from('"}'),
  ])
  t.strictSame(parse(header, broken), deny('token_malformed'), 'no UTF-8')
})

t.test('odd but sound payloads are taken as they are', async (t) => {
  for (const given of ['{"exp":-1}', '{"exp":5e-1}', '{"exp":5,"x":"\\ud800"}', ' {"exp":5}\n']) {
    t.notOk(isDenial(parse(header, given)), given)
  }
  const read = parse(header, '{"exp":5,"__proto__":{"iss":"i"},"constructor":1,"toString":2}')
  t.match(read, { issuer: undefined, claims: { exp: 5, toString: 2 } })
  t.equal(({} as Record<string, unknown>)['iss'], undefined)
})

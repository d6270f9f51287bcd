import t from 'tap'
import { deny, isDenial } from '../../src/core/denial.ts'
import type { IdentitySource } from '../../src/core/settings.ts'
import { readHandshakeToken, readToken, withoutTokenParameter } from '../../src/token/source.ts'
import { createSeededRandom } from '../helpers/seeded-random.ts'

const header: IdentitySource = { in: 'header', name: 'authorization' }
const parameter: IdentitySource = { in: 'query', name: 'access_token' }
const token = 'eyJh.eyJz.c2ln'

const fromHeader = (...values: string[]) =>
  readToken(
    { rawHeaders: ['Host', 'x', ...values.flatMap((v) => ['Authorization', v])], query: '' },
    header,
    100,
  )
const fromQuery = (query: string) => readToken({ rawHeaders: [], query }, parameter, 100)

t.test('a token is read from its header, raw or after one Bearer in any case', async (t) => {
  const cases = [
    { name: 'raw', given: token, want: token },
    { name: 'Bearer', given: `Bearer ${token}`, want: token },
    { name: 'lower case', given: `bearer ${token}`, want: token },
    { name: 'mixed case', given: `bEARER ${token}`, want: token },
    { name: 'several spaces', given: `Bearer    ${token}`, want: token },
    { name: 'white space around', given: ` \tBearer ${token}\t `, want: token },
    { name: 'a tab after the scheme', given: `Bearer\t${token}`, want: deny('token_malformed') },
    { name: 'a tab among spaces', given: `Bearer \t${token}`, want: deny('token_malformed') },
    { name: 'the scheme twice', given: `Bearer Bearer ${token}`, want: deny('token_malformed') },
    { name: 'the scheme alone', given: 'Bearer', want: deny('token_malformed') },
    { name: 'no space', given: `Bearer${token.slice(1)}.x`, want: deny('token_malformed') },
    { name: 'another scheme', given: `Basic ${token}`, want: deny('token_malformed') },
    { name: 'a second word', given: `Bearer ${token} x`, want: deny('token_malformed') },
    {
      name: 'two in one line',
      given: `Bearer ${token}, Bearer ${token}`,
      want: deny('token_malformed'),
    },
    { name: 'a comma', given: `${token},${token}`, want: deny('token_malformed') },
    { name: 'empty', given: '', want: deny('token_missing') },
    { name: 'blank', given: ' \t ', want: deny('token_missing') },
  ]
  for (const { name, given, want } of cases) t.strictSame(fromHeader(given), want, name)
})

t.test(
  'a header that is not there is a missing token, one that is there twice a duplicate',
  async (t) => {
    t.strictSame(fromHeader(), deny('token_missing'))
    t.strictSame(fromHeader(token, token), deny('token_duplicated'), 'even if equal')
    t.strictSame(fromHeader(token, ''), deny('token_duplicated'), 'even if empty')
    const odd = { rawHeaders: ['aUTHORIZATION', token, 'authorizatiom', 'x'], query: '' }
    t.equal(readToken(odd, header, 100), token, 'whatever the case of its name')
  },
)

t.test('only three parts in canonical base64url have the shape of a token', async (t) => {
  const malformed = [
    'a.b',
    'aa.bb',
    'aa.bb.cc.dd',
    'aa..cc',
    '.bb.cc',
    'aa.bb.',
    '..',
    'QQ==.QQ.QQ',
    'QQ.QQ.QQ=',
    'Q+.QQ.QQ',
    'Q/.QQ.QQ',
    'QQ.QQ.QQ\u00e9',
    'QQ.QQ.QQ\n',
    'QQ.QQ.Q',
    'QQ.QQ.QQQQQ',
    'QR.QQ.QQ',
    'QQ.QQ.Qf',
    'QQ.QQ.QQF',
  ]
  for (const given of malformed) t.strictSame(fromHeader(given), deny('token_malformed'), given)
  for (const given of ['QQ.QUI.QUJD', 'Qw._w.__8', 'QQ.QQ.QQE']) t.equal(fromHeader(given), given)
})

t.test('every other spelling of a token is refused', async (t) => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  for (const bytes of [1, 2]) {
    const canonical = Buffer.alloc(bytes, 7).toString('base64url')
    const spellings = Array.from(alphabet, (last) => canonical.slice(0, -1) + last)
    const same = spellings.filter((s) => Buffer.from(s, 'base64url').equals(Buffer.alloc(bytes, 7)))
    t.ok(same.length > 1, 'the decoder takes several spellings')
    const accepted = same.filter((s) => !isDenial(fromHeader(`QQ.QQ.${s}`)))
    t.strictSame(accepted, [canonical])
  }
})

t.test('a token longer than the limit is refused for its size, whatever it holds', async (t) => {
  const long = `QQ.QQ.${'QQQQ'.repeat(24)}`
  t.equal(long.length, 102)
  t.strictSame(fromHeader(long), deny('token_too_large'))
  t.strictSame(fromHeader(`Bearer ${long}`), deny('token_too_large'))
  t.strictSame(fromHeader('!'.repeat(101)), deny('token_too_large'))
  t.equal(fromHeader(`Bearer ${long.slice(0, -4)}`), long.slice(0, -4))
})

t.test('a token is read from its query parameter', async (t) => {
  const cases = [
    { name: 'alone', given: `?access_token=${token}`, want: token },
    { name: 'among others', given: `?a=1&access_token=${token}&b`, want: token },
    { name: 'with a scheme', given: `?access_token=Bearer%20${token}`, want: token },
    { name: 'with a scheme and a plus', given: `?access_token=bearer+${token}`, want: token },
    { name: 'name escaped', given: `?access%5Ftoken=${token}`, want: token },
    { name: 'no query', given: '', want: deny('token_missing') },
    { name: 'absent', given: '?a=1', want: deny('token_missing') },
    { name: 'other case', given: `?Access_Token=${token}`, want: deny('token_missing') },
    { name: 'empty', given: '?access_token=', want: deny('token_missing') },
    { name: 'without a value', given: '?access_token', want: deny('token_missing') },
    {
      name: 'twice',
      given: `?access_token=${token}&access_token=${token}`,
      want: deny('token_duplicated'),
    },
    {
      name: 'twice in disguise',
      given: `?access_token=${token}&access%5ftoken=`,
      want: deny('token_duplicated'),
    },
    { name: 'a broken escape', given: `?access_token=${token}%zz`, want: deny('token_malformed') },
    { name: 'a broken name', given: `?access_token%zz=${token}`, want: deny('token_missing') },
  ]
  for (const { name, given, want } of cases) t.strictSame(fromQuery(given), want, name)
})

t.test('the token parameter is removed and every other byte stays', async (t) => {
  const cases = [
    { given: '', want: '' },
    { given: '?', want: '' },
    { given: '?access_token=x', want: '' },
    { given: '?access_token', want: '' },
    { given: '?a=1&access_token=x&b=%2f+%zz', want: '?a=1&b=%2f+%zz' },
    { given: '?access_token=x&a=1', want: '?a=1' },
    { given: '?a=1&access%5ftoken=x&access_token=y', want: '?a=1' },
    { given: '?a=1&&b=access_token=x&', want: '?a=1&&b=access_token=x&' },
    { given: '?%ff=1&access_token%=x', want: '?%ff=1&access_token%=x' },
  ]
  for (const { given, want } of cases)
    t.equal(withoutTokenParameter(given, 'access_token'), want, given)
  t.equal(withoutTokenParameter('?my+name=x&my%20name=y&a', 'my name'), '?a')
})

t.test('whatever the request holds, the answer is a canonical token or a refusal', async (t) => {
  const random = createSeededRandom()
  const pieces = [
    'Bearer ',
    'bearer',
    ' ',
    '\t',
    '.',
    'QQ',
    'QR',
    '=',
    ',',
    '%20',
    '%',
    '+',
    '\u00e9',
  ]
  for (let round = 0; round < 5000; round += 1) {
    const text = Array.from({ length: random.below(9) }, () => random.pick(pieces)).join('')
    for (const read of [fromHeader(text), fromQuery(`?access_token=${text}`)]) {
      if (isDenial(read)) continue
      const parts = read.split('.')
      const isCanonical = parts.every(
        (part) => part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part,
      )
      if (parts.length !== 3 || !isCanonical) return t.fail(text, { seed: random.seed, read })
    }
    const kept = withoutTokenParameter(`?x=${text}&access_token=${text}`, 'access_token')
    if (!kept.startsWith(`?x=${text}`)) return t.fail(text, { seed: random.seed, kept })
  }
  return t.pass()
})

t.test('a handshake may bring its token in three places, but in one only', async (t) => {
  const given = (place: { header?: string; query?: string; protocols?: string[] }) => ({
    rawHeaders: place.header === undefined ? [] : ['Authorization', place.header],
    query: place.query ?? '',
    protocols: place.protocols ?? [],
  })
  const sources = { tokenQuery: 'access_token', tokenProtocolPrefix: 'bearer.' }
  const none = { tokenQuery: '', tokenProtocolPrefix: '' }
  const query = `?a=1&access_token=${token}`
  const protocols = ['chat', `bearer.${token}`]
  const missing = deny('token_missing')
  const duplicated = deny('token_duplicated')
  const cases = [
    { name: 'nowhere', place: {}, want: missing },
    { name: 'header', place: { header: `Bearer ${token}` }, want: token },
    { name: 'query', place: { query }, want: token },
    { name: 'protocol', place: { protocols }, want: token },
    { name: 'header and query', place: { header: token, query }, want: duplicated },
    { name: 'header and protocol', place: { header: token, protocols }, want: duplicated },
    { name: 'query and protocol', place: { query, protocols }, want: duplicated },
    { name: 'two protocols', place: { protocols: [...protocols, 'bearer.x'] }, want: duplicated },
    { name: 'two parameters', place: { query: query + query.replace('?', '&') }, want: duplicated },
    { name: 'a bad and a good one', place: { header: 'x', query }, want: duplicated },
    { name: 'an empty header', place: { header: '', query }, want: token },
    { name: 'a bad one', place: { protocols: ['bearer.x'] }, want: deny('token_malformed') },
    { name: 'the prefix alone', place: { protocols: ['bearer.'] }, want: missing },
    {
      name: 'a long one',
      place: { protocols: [`bearer.${token}${'A'.repeat(100)}`] },
      want: deny('token_too_large'),
    },
  ]
  for (const { name, place, want } of cases) {
    t.strictSame(readHandshakeToken(given(place), header, sources, 100), want, name)
  }
  t.strictSame(readHandshakeToken(given({ query, protocols }), header, none, 100), missing)
  t.strictSame(
    readHandshakeToken(given({ query }), parameter, sources, 100),
    token,
    "the authorizer's own parameter is not a second place",
  )
})

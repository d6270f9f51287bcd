import t from 'tap'
import { deny } from '../../src/core/denial.ts'
import { credentialsOf, tokenOf } from '../../src/token/request-token.ts'

const token = 'AAAA.BBBB.CCCC'
const source = { in: 'header', name: 'authorization' } as const
const sources = {
  maxTokenBytes: 100,
  handshakeSources: { tokenQuery: 'token', tokenProtocolPrefix: '' },
}
const handshake = { protocols: [] as readonly string[], key: '', version: '13' }

t.test(
  'a token is found where the authorizer has it, and in a handshake elsewhere too',
  async (t) => {
    const cases = [
      { name: 'plain', rawHeaders: ['Authorization', token], query: '', webSocket: undefined },
      { name: 'handshake', rawHeaders: [], query: `?token=${token}`, webSocket: handshake },
    ]
    for (const { name, query, rawHeaders, webSocket } of cases) {
      const facts = { rawHeaders, ...(webSocket === undefined ? {} : { webSocket }) }
      t.equal(tokenOf(query, facts as never, source, sources), token, name)
      t.equal(credentialsOf(query, facts as never, source, sources), token, name)
    }
    const facts = { rawHeaders: [] }
    t.strictSame(tokenOf(`?token=${token}`, facts, source, sources), deny('token_missing'))
  },
)

t.test(
  'of a plain request, credentials may be anything; of a handshake, a token is one',
  async (t) => {
    const odd = { rawHeaders: ['Authorization', 'Bearer odd'] }
    t.strictSame(tokenOf('', odd, source, sources), deny('token_malformed'))
    t.equal(credentialsOf('', odd, source, sources), 'odd')
    const facts = { ...odd, webSocket: handshake } as never
    t.strictSame(credentialsOf('', facts, source, sources), deny('token_malformed'))
  },
)

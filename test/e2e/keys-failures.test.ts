// Issuers that fail in every way there is, and come back: what a client with a good token sees of it,
// and what the operator is told. All at one time, before one gate.
import t from 'tap'
import { markdownTable } from '../../src/config/markdown-table.ts'
import { createKey, createKeyServer, signToken, type KeyServer } from '../helpers/key-server.ts'
import { goodToken, startIssuersGate, type IssuersGate } from './helpers/issuers-gate.ts'

const maxStaleSeconds = 6

const config = `
jwks: { refreshSeconds: 1, maxStaleSeconds: ${maxStaleSeconds}, timeoutMs: 1500, unknownKidCooldownSeconds: 1 }
log: { requests: none }
`

interface Trouble {
  readonly what: string
  readonly begin: (server: KeyServer) => unknown
  readonly end: (server: KeyServer) => unknown
  /** The failure as it is logged. */
  readonly error: RegExp
}

const unusable = (server: KeyServer) => [
  null,
  { ...server.key().jwk, kid: undefined },
  { ...server.key().jwk, use: 'enc' },
  { ...server.key().jwk, key_ops: ['encrypt'] },
  { kty: 'oct', kid: 'secret', k: 'AAAA' },
  { kty: 'RSA', kid: 'short', n: 'AQAB', e: 'AQAB' },
]

const ok = (server: KeyServer): void => server.respond('ok')

const troubles: Readonly<Record<string, Trouble>> = {
  down: {
    what: 'does not listen',
    begin: (server) => server.vanish(),
    end: (server) => server.listen(),
    error: /ECONNREFUSED/,
  },
  fail: {
    what: 'answers 500',
    begin: (server) => server.respond('fail'),
    end: ok,
    error: /^answered with status 500$/,
  },
  hang: {
    what: 'never answers',
    begin: (server) => server.respond('hang'),
    end: ok,
    error: /^no complete answer in 1500 ms$/,
  },
  stall: {
    what: 'stops within the body',
    begin: (server) => server.respond('stall'),
    end: ok,
    error: /^no complete answer in 1500 ms$/,
  },
  reset: {
    what: 'breaks the connection',
    begin: (server) => server.respond('reset'),
    end: ok,
    error: /closed/,
  },
  garbage: {
    what: 'sends garbage',
    begin: (server) => server.respond('garbage'),
    end: ok,
    error: /^the body is not valid JSON$/,
  },
  huge: {
    what: 'sends 10 MB',
    begin: (server) => server.respond('huge'),
    end: ok,
    error: /^the body is longer than 150000 bytes$/,
  },
  redirect: {
    what: 'redirects',
    begin: (server) => server.respond('redirect'),
    end: ok,
    error: /^answered with status 302$/,
  },
  nothing: {
    what: 'sends an empty body',
    begin: (server) => server.respond('empty'),
    end: ok,
    error: /^the body is not valid JSON$/,
  },
  empty: {
    what: 'sends an empty set',
    begin: (server) => server.serve({ keys: [] }),
    end: (server) => server.serve(undefined),
    error: /^the key set has no usable key$/,
  },
  unusable: {
    what: 'sends a set of unusable keys',
    begin: (server) => server.serve({ keys: unusable(server) }),
    end: (server) => server.serve(undefined),
    error: /^the key set has no usable key; keys\[0\]: not an object; keys\[1\]: no kid; /,
  },
}

/** What a client sees who has a token in the cache, one that is not, and one of an unknown key. */
const look = async ({ ask }: IssuersGate, name: string, server: KeyServer, cached: string) => {
  const asked = [cached, goodToken(server), signToken(createKey('ES256'), claims(server))]
  return Promise.all(asked.map((token) => ask(name, token)))
}

const claims = (server: KeyServer) => ({ iss: server.issuer, aud: 'orders', exp: 4_102_444_800 })

const statuses = (answers: readonly { readonly status: number }[]): string =>
  answers.map(({ status }) => status).join(' ')

/** Leads one issuer through its trouble and back. */
const live = async (gate: IssuersGate, name: string, server: KeyServer, trouble: Trouble) => {
  const { until } = gate.gate.program
  const failed = () => gate.metric(server, 'jwks_fetches_total', { outcome: 'failed' })
  const cached = goodToken(server)
  await until(async () => ((await gate.ask(name, cached)).status === 200 ? true : undefined))
  const before = await look(gate, name, server, cached)

  await trouble.begin(server)
  await until(async () => ((await failed()) > 0 ? true : undefined))
  const during = await look(gate, name, server, cached)
  await until(async () => ((await gate.ask(name, cached)).status === 503 ? true : undefined))
  const stale = await look(gate, name, server, cached)
  const stalled = {
    keys: await gate.metric(server, 'jwks_keys'),
    stale: await gate.metric(server, 'jwks_stale'),
  }
  const loggedDown = gate.logged(server)

  await trouble.end(server)
  const endedMs = performance.now()
  await until(async () => ((await gate.ask(name, cached)).status === 200 ? true : undefined))
  const backSeconds = (performance.now() - endedMs) / 1000
  const after = await look(gate, name, server, cached)
  return {
    before,
    during,
    stale,
    after,
    stalled,
    loggedDown,
    logged: gate.logged(server),
    failed: await failed(),
    backSeconds,
    recovered: {
      keys: await gate.metric(server, 'jwks_keys'),
      stale: await gate.metric(server, 'jwks_stale'),
    },
  }
}

t.test('an issuer in trouble costs no client a good token, and one line each way', async (t) => {
  const issuers = new Map<string, KeyServer>()
  for (const name of Object.keys(troubles)) {
    const server = await createKeyServer(createKey('ES256'))
    t.teardown(server.close)
    issuers.set(name, server)
  }
  const gate = await startIssuersGate(t, { issuers, config })
  const rows = await Promise.all(
    [...issuers].map(async ([name, server]) => {
      const trouble = troubles[name]!
      const seen = await live(gate, name, server, trouble)
      await t.test(trouble.what, async (t) => {
        t.equal(statuses(seen.before), '200 200 401')
        t.equal(
          statuses(seen.during),
          '200 200 503',
          'known keys are used, others nobody can judge',
        )
        t.equal(statuses(seen.stale), '503 503 503', 'cached or not')
        t.equal(statuses(seen.after), '200 200 401')
        const waits = [...seen.during, ...seen.stale].filter(({ status }) => status === 503)
        t.ok(waits.every(({ retryAfter = 0 }) => retryAfter >= 1 && retryAfter <= 60))
        t.strictSame(seen.stalled, { keys: 0, stale: 1 })
        t.strictSame(seen.recovered, { keys: 1, stale: 0 })
        t.ok(seen.failed >= 2 && seen.failed <= 12, `backs off: ${seen.failed} fetches failed`)
        t.strictSame(seen.loggedDown, ['signing keys cannot be fetched'])
        t.strictSame(seen.logged, [
          'signing keys cannot be fetched',
          'signing keys are available again',
        ])
        const line = gate.gate.log().find(({ issuer }) => issuer === server.issuer)
        t.match(line, { level: 'warn', source: 'uri', err: { message: trouble.error } })
        t.notMatch(JSON.stringify(line), /must not be quoted|eyJ/)
      })
      return [
        trouble.what,
        statuses(seen.during),
        statuses(seen.stale),
        statuses(seen.after),
        `${seen.failed} failed`,
        seen.logged.join(', '),
        seen.backSeconds.toFixed(1),
      ]
    }),
  )
  t.comment(
    `\n${markdownTable(
      [
        'the issuer',
        `within ${maxStaleSeconds} s`,
        'after',
        'once back',
        'fetches',
        'logged',
        's to recover',
      ],
      rows,
    )}`,
  )
})

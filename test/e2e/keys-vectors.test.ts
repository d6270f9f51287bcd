// Published vectors of others at the door of the built gate, over HTTP: as tokens, as the JSON within
// rightly signed tokens, and as key sets. The words of the refusals are in test/token/vectors.test.ts.
import { once } from 'node:events'
import { Agent, createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { algorithms } from '../../src/core/settings.ts'
import { createKey, createKeyServer, signText, type KeyServer } from '../helpers/key-server.ts'
import {
  cookbookForms,
  cookbookKeys,
  isJson,
  isSound,
  jsonTexts,
  jwsText,
  paddingGroups,
  publishedKeys,
  within,
  withoutVectors,
  wycheproofGroups,
} from '../helpers/vectors.ts'
import { untilReady, type Gate } from './helpers/gate.ts'
import { startIssuersGate } from './helpers/issuers-gate.ts'
import { scrape, sumOf } from './helpers/metrics.ts'

const skip = withoutVectors

const config = `
limits: { maxHeaderBytes: 1048576, maxTokenBytes: 1048576 }
jwks: { timeoutMs: 20000, maxBytes: 300000 }
log: { requests: none }
`

const exp = 4_102_444_800

/** An issuer that publishes these keys. */
const startIssuer = async (t: Test, keys?: readonly unknown[]): Promise<KeyServer> => {
  const server = await createKeyServer(createKey('RS256'))
  t.teardown(server.close)
  if (keys !== undefined) server.serve({ keys })
  return server
}

const start = async (t: Test, issuers: ReadonlyMap<string, KeyServer>) => {
  const { gate } = await startIssuersGate(t, { issuers, config, algorithms })
  await untilReady(gate)
  return gate
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 })
t.teardown(() => agent.destroy())

/** The status; undefined for what cannot stand in a header at all. */
const statusOf = async (gate: Gate, name: string, token: string): Promise<number | undefined> => {
  try {
    const outgoing = request(`${gate.url}/${name}`, { agent, headers: { authorization: token } })
    outgoing.end()
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    response.resume()
    await once(response, 'end')
    return response.statusCode
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_INVALID_CHAR') return undefined
    throw error
  }
}

const isRunning = async (gate: Gate): Promise<boolean> =>
  (await fetch(`${gate.adminUrl}/livez`)).status === 200

t.test('a token passes exactly when the JSON in it is sound', { skip }, async (t) => {
  const server = await startIssuer(t)
  const gate = await start(t, new Map([['json', server]]))
  const key = server.key()
  const head = JSON.stringify({ alg: 'RS256', kid: key.kid })
  const claims = JSON.stringify({ iss: server.issuer, sub: 'jane', aud: 'orders', exp })
  const counts = { passed: 0, refused: 0 }
  const present = async (name: string, token: string, want: number): Promise<void> => {
    counts[want === 200 ? 'passed' : 'refused'] += 1
    t.equal(await statusOf(gate, 'json', token), want, name)
  }
  for (const { name, text } of jsonTexts()) {
    const want = isSound(within(claims, text)) ? 200 : 401
    await present(`${name} in the payload`, signText(key, head, within(claims, text)), want)
    await present(`${name} in the header`, signText(key, within(head, text), claims), want)
    await present(`${name} as payload`, signText(key, head, text), 401)
    await present(`${name} as header`, signText(key, text, claims), 401)
  }
  t.ok(counts.passed > 200 && counts.refused > 900, JSON.stringify(counts))
  t.ok(await isRunning(gate))
})

t.test('a key set is taken exactly when it is JSON with a good key', { skip }, async (t) => {
  const key = createKey('ES256')
  const good = JSON.stringify({ keys: [key.jwk] })
  const documents = new Map<string, Buffer>()
  const names = new Map<string, string>()
  jsonTexts().forEach(({ name, text }, index) => {
    documents.set(`set${index}`, text)
    documents.set(`member${index}`, within(good, text))
    names.set(`set${index}`, `${name} as key set`).set(`member${index}`, `${name} in a key set`)
  })
  const origin = await serveDocuments(t, documents)
  const issuers = new Map(
    [...documents.keys()].map((name) => {
      const issuer = `${origin}/${name}`
      return [name, { issuer, jwksUri: issuer }]
    }),
  )
  const { gate, logged } = await startIssuersGate(t, {
    issuers,
    config: config,
  })
  await gate.program.until(async () => {
    const fetched = sumOf(await scrape(gate.adminUrl), 'jwks_fetches_total')
    return fetched >= issuers.size ? true : undefined
  })
  let taken = 0
  for (const [name, server] of issuers) {
    const document = documents.get(name)!
    const isGood = name.startsWith('member') && isJson(document)
    taken += isGood ? 1 : 0
    const token = signText(
      key,
      JSON.stringify({ alg: key.alg, kid: key.kid }),
      JSON.stringify({ iss: server.issuer, aud: 'orders', exp }),
    )
    t.equal(await statusOf(gate, name, token), isGood ? 200 : 503, String(names.get(name)))
    t.strictSame(logged(server), isGood ? [] : ['signing keys cannot be fetched'], name)
  }
  t.ok(taken > 100, String(taken))
  t.ok(await isRunning(gate))
})

t.test('no vector of Wycheproof is taken for a token', { skip }, async (t) => {
  const groups = wycheproofGroups()
  const issuers = new Map<string, KeyServer>()
  for (const [index, group] of groups.entries()) {
    const server = await startIssuer(t)
    server.serve({ keys: [...publishedKeys(group), server.key().jwk] })
    issuers.set(`group${index}`, server)
  }
  const gate = await start(t, issuers)
  const counts = { refused: 0, unsendable: 0 }
  for (const [index, group] of groups.entries()) {
    for (const { tcId, comment, jws } of group.tests) {
      const status = await statusOf(gate, `group${index}`, jwsText(jws))
      counts[status === undefined ? 'unsendable' : 'refused'] += 1
      t.ok(status === 401 || status === undefined, `${tcId} ${comment}`, { status })
    }
  }
  t.ok(counts.refused > 400, JSON.stringify(counts))
  t.comment(JSON.stringify(counts))
  t.ok(await isRunning(gate))
})

t.test('of all its paddings over real claims only the valid one passes', { skip }, async (t) => {
  const groups = paddingGroups()
  const issuers = new Map<string, KeyServer>()
  for (const [index, { jwk }] of groups.entries()) {
    issuers.set(`group${index}`, await startIssuer(t, [jwk]))
  }
  const gate = await start(t, issuers)
  const counts = { passed: 0, refused: 0 }
  for (const [index, { tokens }] of groups.entries()) {
    const route = `group${index}`
    const claims = { iss: issuers.get(route)!.issuer, aud: 'orders', exp }
    for (const { name, token, isValid } of tokens(claims)) {
      counts[isValid ? 'passed' : 'refused'] += 1
      t.equal(await statusOf(gate, route, token), isValid ? 200 : 401, name)
    }
  }
  t.ok(counts.passed > 2 && counts.refused > 100, JSON.stringify(counts))
  t.comment(JSON.stringify(counts))
})

t.test('no form of the RFC cookbooks is taken for a token', { skip }, async (t) => {
  const server = await startIssuer(t)
  server.serve({ keys: [...cookbookKeys(), server.key().jwk] })
  const gate = await start(t, new Map([['rfc', server]]))
  const counts = { refused: 0, unsendable: 0 }
  for (const { name, form } of cookbookForms()) {
    for (const token of [form, `Bearer ${form}`]) {
      const status = await statusOf(gate, 'rfc', token)
      counts[status === undefined ? 'unsendable' : 'refused'] += 1
      t.ok(status === 401 || status === undefined, `${name} ${form.slice(0, 30)}`, { status })
    }
  }
  t.ok(counts.refused > 100, JSON.stringify(counts))
  t.comment(JSON.stringify(counts))
  t.ok(await isRunning(gate))
})

/** Serves bytes by path on one port of 127.0.0.1; gives the origin. */
const serveDocuments = async (t: Test, documents: ReadonlyMap<string, Buffer>): Promise<string> => {
  const server = createServer(({ url = '' }, response) => {
    response.end(documents.get(url.slice(1)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

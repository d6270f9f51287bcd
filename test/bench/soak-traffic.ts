// What the clients of a soak do: each kind of traffic once, with what has to come of it.
import { request, type Agent } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { askIdentified, type Outcome } from '../e2e/helpers/identified.ts'
import { signToken, type KeyServer, type SigningKey } from '../helpers/key-server.ts'
import { close, createFrameReader, frame, handshake, opcode } from '../helpers/raw-websocket.ts'
import type { SeededRandom } from '../helpers/seeded-random.ts'

export interface Traffic {
  /** `http://127.0.0.1:PORT` of the gate. */
  readonly url: string
  readonly agent: Agent
  readonly random: SeededRandom
  readonly tokens: SoakTokens
}

export interface SoakTokens {
  /** One of a few that are used again and again; they change with the keys. */
  readonly warm: () => SoakToken
  /** One that was never used. */
  readonly cold: () => SoakToken
  readonly bad: () => readonly string[]
  /** Signs with the key that was published last, and publishes another. */
  readonly rotate: () => void
}

export interface SoakToken {
  readonly token: string
  readonly sub: string
}

/** Rejects when the answer is a wrong one. `cut` is a client's own doing. */
export type Kind = (traffic: Traffic) => Promise<Outcome | 'cut'>

const bearer = (token: string): Readonly<Record<string, string>> => ({
  Authorization: `Bearer ${token}`,
})

let asked = 0

const asking = ({ url, agent, random }: Traffic) =>
  ({
    url: `${url}/protected/x`,
    agent,
    id: `${(asked += 1)}-${random.below(2 ** 31).toString(36)}`,
    method: random.pick(['GET', 'GET', 'PUT'] as const),
    size: random.pick([1, 100, 5000, 70_000]) + random.below(100),
    how: random.pick(['length', 'chunked'] as const),
  }) as const

const withToken =
  (choose: (tokens: SoakTokens) => SoakToken, how?: 'slow'): Kind =>
  (traffic) => {
    const { token, sub } = choose(traffic.tokens)
    const ask = asking(traffic)
    return askIdentified({ ...ask, how: how ?? ask.how, headers: bearer(token), sub })
  }

/** Always 401, whatever becomes of the service. */
const refused: Kind = ({ url, agent, tokens, random }) =>
  new Promise((resolve, reject) => {
    const headers = random.below(4) === 0 ? {} : bearer(random.pick(tokens.bad()))
    const outgoing = request(`${url}/protected/x`, { agent, headers }, (response) => {
      response.resume().on('end', () => {
        if (response.statusCode === 401) resolve('refused')
        else reject(new Error(`a bad token: status ${String(response.statusCode)}`))
      })
    })
    outgoing.on('error', reject).end()
  })

const faulted: Kind = async (traffic) => {
  const { token, sub } = traffic.tokens.warm()
  const how = traffic.random.pick(['reset', 'garbage', 'short', 'twice'] as const)
  const outcome = await askIdentified({ ...asking(traffic), how, headers: bearer(token), sub })
  if (outcome === 'whole') throw new Error(`a whole answer was made of ${how}`)
  return outcome
}

/** Leaves in the middle of the answer, or of what it sends. */
const aborted: Kind = async ({ url, tokens, random }) => {
  const method = random.pick(['GET', 'PUT'])
  const outgoing = request(`${url}/protected/x?id=left&size=200000&how=slow`, {
    agent: false,
    method,
    headers: {
      ...bearer(tokens.warm().token),
      ...(method === 'PUT' ? { 'Content-Length': 9 } : {}),
    },
  })
  outgoing.on('error', () => undefined)
  if (method === 'PUT') outgoing.write('part')
  else outgoing.end()
  await sleep(random.below(100))
  outgoing.destroy()
  return 'cut'
}

const messages = 5

/** A few messages there and back, and a Close. */
const upgraded: Kind = ({ url, tokens, random }) =>
  new Promise((resolve, reject) => {
    const wanted = `${random.below(2 ** 31)} `.repeat(1 + random.below(200))
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    const read = createFrameReader()
    let head = ''
    let seen = 0
    const take = (bytes: Buffer): void => {
      for (const { opcode: code, payload } of read(bytes)) {
        seen += 1
        if (code === opcode.close) {
          // 1011 is the gate's word for a service that is gone.
          resolve(payload.readUInt16BE(0) === 1000 ? 'whole' : 'broken')
          socket.end()
        } else if (payload.toString() !== wanted) {
          reject(new Error('another message'))
          socket.destroy()
        } else if (seen === messages) socket.write(close(1000, { masked: true }))
      }
    }
    socket.setTimeout(20_000, () => reject(new Error('a WebSocket hung')))
    socket.on('error', () => undefined).on('close', () => resolve('broken'))
    socket.on('data', (chunk) => {
      if (head.includes('\r\n\r\n')) {
        take(chunk)
        return
      }
      head += chunk.toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      if (end === -1) return
      if (!head.startsWith('HTTP/1.1 101 ')) {
        if (/^HTTP\/1\.1 50[234] /.test(head)) resolve('refused')
        else reject(new Error(`a handshake: ${head.slice(0, 15)}`))
        socket.destroy()
        return
      }
      for (let sent = 0; sent < messages; sent += 1) {
        socket.write(frame(opcode.text, wanted, { masked: true }))
      }
      take(Buffer.from(head.slice(end + 4), 'latin1'))
    })
    const { token } = tokens.warm()
    socket.write(handshake('/protected/ws', [`Authorization: Bearer ${token}`]))
  })

export const kinds: Readonly<Record<string, Kind>> = {
  warm: withToken(({ warm }) => warm()),
  cold: withToken(({ cold }) => cold()),
  slow: withToken(({ warm }) => warm(), 'slow'),
  refused,
  faulted,
  aborted,
  upgraded,
}

/** Tokens of an issuer that publishes each key for a while before it signs with it, as Cognito does. */
export const createSoakTokens = (
  server: Pick<KeyServer, 'issuer' | 'key' | 'addKey' | 'drop'>,
  newKey: () => SigningKey,
): SoakTokens => {
  const keys = [server.key(), server.addKey(newKey())]
  let [signing] = keys as [SigningKey]
  const make = (sub: string, claims = {}): SoakToken => ({
    sub,
    token: signToken(signing, {
      iss: server.issuer,
      aud: 'soak',
      sub,
      exp: 4_102_444_800,
      ...claims,
    }),
  })
  const makeWarm = (): readonly SoakToken[] =>
    Array.from({ length: 20 }, (_, index) => make(`warm-${index}`))
  const makeBad = (): readonly string[] => [
    make('expired', { exp: 1_000_000_000 }).token,
    `${make('forged').token.slice(0, -20)}${'A'.repeat(20)}`,
    make('stranger', { iss: 'https://other.example' }).token,
    'x.y.z',
  ]
  let [warm, bad] = [makeWarm(), makeBad()]
  let count = 0
  return {
    warm: () => warm[(count += 1) % warm.length]!,
    cold: () => make(`cold-${(count += 1)}`),
    // Made anew with the keys: one with a key that is gone would use up the fetches for unknown ones.
    bad: () => bad,
    rotate: () => {
      signing = keys.at(-1)!
      keys.push(server.addKey(newKey()))
      // The one that signed before stays for the tokens that are on their way.
      if (keys.length > 3) server.drop(keys.shift()!.kid)
      warm = makeWarm()
      bad = makeBad()
    },
  }
}

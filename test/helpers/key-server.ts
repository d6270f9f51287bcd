// An issuer with switches: real keys, real signatures, a key set over HTTP that can be made to fail in
// every way the gate has to live with.
import { generateKeyPairSync, randomUUID, sign as signBytes, type KeyObject } from 'node:crypto'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

export type KeyAlgorithm = 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA'

export interface SigningKey {
  readonly kid: string
  readonly alg: KeyAlgorithm
  readonly privateKey: KeyObject
  readonly jwk: Readonly<Record<string, unknown>>
}

export type ResponseMode =
  'ok' | 'fail' | 'hang' | 'stall' | 'reset' | 'garbage' | 'huge' | 'redirect' | 'empty' | 'binary'

export interface KeyServer {
  readonly issuer: string
  readonly jwksUri: string
  readonly discoveryUri: string
  /** Signs with the newest key. Overrides change what the header says, not the key that signs. */
  readonly sign: (payload: unknown, header?: Readonly<Record<string, unknown>>) => string
  /** The newest key. */
  readonly key: () => SigningKey
  readonly addKey: (key?: SigningKey) => SigningKey
  /** Publishes a new key in place of all others. */
  readonly rotate: () => SigningKey
  readonly drop: (kid: string) => void
  /** Serves this document in place of the keys; undefined ends it. */
  readonly serve: (document: unknown) => void
  readonly serveDiscovery: (document: unknown) => void
  readonly respond: (mode: ResponseMode) => void
  /** Requests for the key set so far. */
  readonly fetches: () => number
  /** Stops listening, as a machine that is down; `listen` is back on the same port. */
  readonly vanish: () => Promise<void>
  readonly listen: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface KeyServerOptions {
  /** Certificate and key, as PEM: serves over https. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** What the issuer calls its host, which is 127.0.0.1 all the same. */
  readonly hostname?: string
}

/** Starts an issuer with one RS256 key on a free port of 127.0.0.1. */
export const createKeyServer = async (
  first = createKey('RS256'),
  { tls, hostname = '127.0.0.1' }: KeyServerOptions = {},
): Promise<KeyServer> => {
  let keys = [first]
  let mode: ResponseMode = 'ok'
  let fetches = 0
  let document: unknown
  let discovery: unknown
  const listener: RequestListener = (request, response) => {
    if (request.url?.endsWith('openid-configuration') === true) {
      response.end(JSON.stringify(discovery))
      return
    }
    fetches += 1
    answer(response, mode, document ?? { keys: keys.map(({ jwk }) => jwk) })
  }
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  const listen = (at: number) =>
    new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  await listen(0)
  const { port } = server.address() as AddressInfo
  const issuer = `${tls === undefined ? 'http' : 'https'}://${hostname}:${port}/issuer`
  const jwksUri = `${issuer}/.well-known/jwks.json`
  discovery = { issuer, jwks_uri: jwksUri }
  const addKey = (key = createKey('RS256')) => {
    keys = [...keys, key]
    return key
  }
  return {
    issuer,
    jwksUri,
    discoveryUri: `${issuer}/.well-known/openid-configuration`,
    sign: (payload, header) => signToken(keys.at(-1)!, payload, header),
    key: () => keys.at(-1)!,
    addKey,
    rotate: () => {
      keys = []
      return addKey()
    },
    drop: (kid) => void (keys = keys.filter((key) => key.kid !== kid)),
    serve: (value) => void (document = value),
    serveDiscovery: (value) => void (discovery = value),
    respond: (next) => void (mode = next),
    fetches: () => fetches,
    vanish: close,
    listen: () => listen(port),
    close,
  }
}

/** Makes a key pair and its public JWK. */
export const createKey = (alg: KeyAlgorithm, kid: string = randomUUID()): SigningKey => {
  const { publicKey, privateKey } = pairs[alg]()
  return {
    kid,
    alg,
    privateKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' },
  }
}

/** A compact JWS over `payload` as JSON. */
export const signToken = (
  key: SigningKey,
  payload: unknown,
  header: Readonly<Record<string, unknown>> = {},
): string =>
  signText(key, JSON.stringify({ alg: key.alg, kid: key.kid, ...header }), JSON.stringify(payload))

/** A compact JWS over a header and a payload exactly as they are written here. */
export const signText = (
  key: SigningKey,
  header: string | Buffer,
  payload: string | Buffer,
): string => {
  const input = `${base64url(header)}.${base64url(payload)}`
  const signature = signBytes(digests[key.alg], Buffer.from(input), {
    key: key.privateKey,
    dsaEncoding: 'ieee-p1363',
  })
  return `${input}.${signature.toString('base64url')}`
}

export const base64url = (text: string | Buffer): string => Buffer.from(text).toString('base64url')

const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 })

const pairs = {
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
} satisfies Record<KeyAlgorithm, () => { publicKey: KeyObject; privateKey: KeyObject }>

const digests = {
  RS256: 'sha256',
  RS384: 'sha384',
  RS512: 'sha512',
  ES256: 'sha256',
  ES384: 'sha384',
  ES512: 'sha512',
  EdDSA: undefined,
} satisfies Record<KeyAlgorithm, string | undefined>

const tenMegabytes = Buffer.from(JSON.stringify({ keys: [], padding: 'x'.repeat(10_000_000) }))

const answer = (response: ServerResponse, mode: ResponseMode, document: unknown): void => {
  switch (mode) {
    case 'ok':
      response.end(JSON.stringify(document))
      return
    case 'fail':
      response.writeHead(500).end('{"keys":"a body that must not be quoted"}')
      return
    case 'hang':
      return
    case 'stall':
      response.write('{"keys":[')
      return
    case 'reset':
      response.destroy()
      return
    case 'garbage':
      response.end('<html>a body that must not be quoted</html>')
      return
    case 'huge':
      response.end(tenMegabytes)
      return
    case 'redirect':
      response.writeHead(302, { location: '/elsewhere' }).end()
      return
    case 'empty':
      response.end()
      return
    case 'binary':
      response.end(Buffer.from([0x22, 0xff, 0x22]))
      return
  }
}

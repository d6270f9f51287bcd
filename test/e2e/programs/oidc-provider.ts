// A certified OpenID Connect provider as a process of its own, for machine-to-machine tokens. Its keys
// are new at every start, as after a rotation. Arguments: the port.
import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The part of the package that is used, so that a type check needs no installation of it. */
interface Package {
  readonly default: new (
    issuer: string,
    configuration: object,
  ) => { readonly listen: (port: number, host: string, listening: () => void) => void }
}

/** What a client may ask a token for (RFC 8707), and how that token is then made. */
const resources: Readonly<
  Record<string, { readonly audience: string; readonly alg: string; readonly ttlSeconds: number }>
> = {
  'https://orders.example/rs256': { audience: 'orders', alg: 'RS256', ttlSeconds: 600 },
  'https://orders.example/es256': { audience: 'orders', alg: 'ES256', ttlSeconds: 600 },
  'https://orders.example/eddsa': { audience: 'orders', alg: 'EdDSA', ttlSeconds: 600 },
  'https://orders.example/brief': { audience: 'orders', alg: 'RS256', ttlSeconds: 2 },
  'https://billing.example/': { audience: 'billing', alg: 'RS256', ttlSeconds: 600 },
}

const scope = 'orders.read orders.write'

const getResourceServerInfo = (_context: unknown, resource: string): object => {
  const found = resources[resource]
  if (found === undefined) throw new Error(`no such resource: ${resource}`)
  const { audience, alg, ttlSeconds } = found
  return {
    scope,
    audience,
    accessTokenFormat: 'jwt',
    accessTokenTTL: ttlSeconds,
    jwt: { sign: { alg } },
  }
}

const keyOf = (privateKey: KeyObject, alg: string): object => ({
  ...privateKey.export({ format: 'jwk' }),
  kid: randomUUID(),
  use: 'sig',
  alg,
})

const port = Number(process.argv[2])
const entry = pathToFileURL(resolve('test/e2e/node_modules/oidc-provider/lib/index.js')).href
const { default: Provider } = (await import(entry)) as Package

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'batch',
      client_secret: 'batch-secret',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    },
  ],
  scopes: scope.split(' '),
  jwks: {
    keys: [
      keyOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, 'RS256'),
      keyOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'ES256'),
      keyOf(generateKeyPairSync('ed25519').privateKey, 'EdDSA'),
    ],
  },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: { enabled: true, getResourceServerInfo },
  },
})
provider.listen(port, '127.0.0.1', () => console.log('listening'))

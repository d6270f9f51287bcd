import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { fetchJson } from '../../src/token/fetch-json.ts'
import { createKeyServer, type ResponseMode } from '../helpers/key-server.ts'

const limits = { timeoutMs: 1000, maxBytes: 5000 }

const problemOf = async (uri: string, changes: Partial<typeof limits> = {}): Promise<string> => {
  try {
    await fetchJson(uri, { ...limits, ...changes })
    return 'none'
  } catch (error) {
    return (error as Error).message
  }
}

t.test('a document is fetched and parsed', async (t) => {
  const server = await createKeyServer()
  t.teardown(server.close)
  t.strictSame(await fetchJson(server.jwksUri, limits), { keys: [server.key().jwk] })
})

t.test('every way to fail says what went wrong, and quotes no body', async (t) => {
  const server = await createKeyServer()
  t.teardown(server.close)
  const cases: readonly { mode: ResponseMode; want: string }[] = [
    { mode: 'fail', want: 'answered with status 500' },
    { mode: 'redirect', want: 'answered with status 302' },
    { mode: 'garbage', want: 'the body is not valid JSON' },
    { mode: 'empty', want: 'the body is not valid JSON' },
    { mode: 'binary', want: 'the body is not valid JSON' },
    { mode: 'huge', want: 'the body is longer than 5000 bytes' },
    { mode: 'reset', want: 'other side closed' },
  ]
  for (const { mode, want } of cases) {
    server.respond(mode)
    t.equal(await problemOf(server.jwksUri), want, mode)
  }
  t.equal(server.fetches(), cases.length, 'no redirect was followed')
})

t.test('the time-out covers the head and the body', async (t) => {
  const server = await createKeyServer()
  t.teardown(server.close)
  for (const mode of ['hang', 'stall'] as const) {
    server.respond(mode)
    t.equal(
      await problemOf(server.jwksUri, { timeoutMs: 100 }),
      'no complete answer in 100 ms',
      mode,
    )
  }
})

t.test('an issuer that does not listen and a URI that is none are errors', async (t) => {
  const server = await createKeyServer()
  await server.close()
  t.match(await problemOf(server.jwksUri), /ECONNREFUSED/)
  t.match(await problemOf('nonsense'), /Invalid URL/)
})

t.test(
  'a certificate that nobody vouches for is refused, whatever the environment says',
  async (t) => {
    const server = createServer({ cert: certificate, key: privateKey }, (_request, response) =>
      response.end('{}'),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.teardown(() => server.close())
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    t.teardown(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'])
    const { port } = server.address() as AddressInfo
    t.match(await problemOf(`https://127.0.0.1:${port}/`), /self.signed certificate/)
  },
)

// Self-signed, for 127.0.0.1, until 2126.
const certificate = `-----BEGIN CERTIFICATE-----
MIIBkDCCATagAwIBAgIUK8Ix61DLGRaBVZQjVD9CGHl2wjkwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyMzExNDQ1OVoYDzIxMjYxMDMw
MTE0NDU5WjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQbwTVptU1Rueko5e11qFKHV/sf1C2pcbTQ1blecwdI4dWT7C8bY2Na
UVsfVd3iU2N0wMk+ecDdlV1s0/cXCRB+o2QwYjAdBgNVHQ4EFgQU21CZsQhlr/Gn
m98Z/2QgtGo9hQ4wHwYDVR0jBBgwFoAU21CZsQhlr/Gnm98Z/2QgtGo9hQ4wDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0gAMEUC
IHrZ6k41ch649BDk816WyWyLadXQxcbd1EPVEGLsTK5DAiEA6lkOjIRd3/1wlWjs
N2L12Tpc3Y0LJLwuNS4hzIiAD8E=
-----END CERTIFICATE-----
`

const privateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgOAEhKSciaxOFSu5u
jM6Cmj2ElS0vTzXIA2c7CFssaNShRANCAAQbwTVptU1Rueko5e11qFKHV/sf1C2p
cbTQ1blecwdI4dWT7C8bY2NaUVsfVd3iU2N0wMk+ecDdlV1s0/cXCRB+
-----END PRIVATE KEY-----
`

import t from 'tap'
import { carelessWarnings } from '../../src/config/careless-warnings.ts'
import type { Settings } from '../../src/core/settings.ts'
import { authority, issuerCertificate } from '../fixtures/issuer-certificates.ts'

const warn = (changes: object): readonly string[] =>
  carelessWarnings({
    listen: {},
    upstream: { tls: {} },
    jwks: {},
    authorizers: [],
    routes: [],
    ...changes,
  } as unknown as Settings).map(({ path, message }) => `${path}: ${message}`)

t.test('authorities that sign nothing', async (t) => {
  const rest =
    'no certificate in it is an authority (CA:TRUE), so it vouches for no other certificate; give the one that signed'
  t.strictSame(
    warn({
      listen: { tls: { clientCa: issuerCertificate } },
      upstream: { tls: { ca: issuerCertificate } },
      jwks: { ca: issuerCertificate },
    }),
    [`listen.tls.clientCaFile: ${rest}`, `upstream.tls.caFile: ${rest}`, `jwks.caFile: ${rest}`],
  )
  t.strictSame(warn({ jwks: { ca: 'none' } }), [`jwks.caFile: ${rest}`])
  const sound = issuerCertificate + authority
  t.strictSame(
    warn({ listen: { tls: {} }, upstream: { tls: { ca: authority } }, jwks: { ca: sound } }),
    [],
  )
})

t.test('a region that AWS would not name so', async (t) => {
  const warnOf = (host: string) =>
    warn({ authorizers: [{ name: 'pool', issuers: [{ issuer: `https://${host}/eu-west-1_A` }] }] })
  t.strictSame(warnOf('cognito-idp.eu-wst-1.amazonaws.com'), [
    'authorizers.pool: eu-wst-1 does not look like a region of AWS, such as eu-west-1; is it misspelt?',
  ])
  for (const region of [
    'eu-west-1',
    'us-east-2',
    'us-gov-west-1',
    'us-isob-east-1',
    'ap-southeast-4',
    'ap-northeast-1',
    'ca-central-1',
    'sa-east-1',
    'af-south-1',
    'cn-north-1',
  ]) {
    t.strictSame(warnOf(`cognito-idp.${region}.amazonaws.com`), [], region)
  }
  t.strictSame(warnOf('idp.example.com'), [], 'an override is its operator’s own')
})

t.test('wildcards and parameters of other programs', async (t) => {
  const warnOf = (path: string) => warn({ routes: [{ path, origin: 'routes[0]' }] })
  for (const [path, want] of [
    ['/a/*', '"*" stands for itself here; write {proxy+} for a parameter'],
    ['/a/**', '"**" stands for itself here; write {proxy+} for a parameter'],
    ['/a/:id/b', '":id" stands for itself here; write {id} for a parameter'],
  ] as const) {
    t.strictSame(warnOf(path), [`routes[0].path: ${want}`])
  }
  for (const path of ['/a/{id}', '/a:b', '/:', '$default']) t.strictSame(warnOf(path), [], path)
})

// Warnings of what is legal but hardly meant: a region that does not exist, a wildcard of another
// program's, authorities that are none.
import { X509Certificate } from 'node:crypto'
import type { RouteSettings, Settings } from '../core/settings.ts'
import { keyPath } from './problem.ts'
import type { Warning } from './warnings.ts'

/** Those of the listener's and the upstream's authorities, then authorizers, then routes. */
export const carelessWarnings = (settings: Settings): readonly Warning[] => [
  ...authorityWarnings(settings),
  ...settings.authorizers.flatMap(({ name, issuers }) =>
    issuers.flatMap(({ issuer }) => regionWarnings(issuer, keyPath('authorizers', name))),
  ),
  ...settings.routes.flatMap(patternWarnings),
]

const authorityWarnings = ({ listen, upstream, jwks }: Settings): readonly Warning[] =>
  (
    [
      ['listen.tls.clientCaFile', listen.tls?.clientCa],
      ['upstream.tls.caFile', upstream.tls.ca],
      ['jwks.caFile', jwks.ca],
    ] as const
  ).flatMap(([path, text]) =>
    text === undefined || holdsAuthority(text)
      ? []
      : [
          {
            path,
            message:
              'no certificate in it is an authority (CA:TRUE), so it vouches for no other certificate; give the one that signed',
          },
        ],
  )

const holdsAuthority = (text: string): boolean =>
  (text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []).some(
    (block) => new X509Certificate(block).ca,
  )

/** Formed as AWS forms them; which there are changes every year. */
const region =
  /^[a-z]{2,3}(?:-gov|-iso[a-z]*)?-(?:central|(?:north|south)(?:east|west)?|east|west)-\d+$/

const regionWarnings = (issuer: string, path: string): readonly Warning[] => {
  const [, name] = /^https:\/\/cognito-idp\.([^.]+)\.amazonaws\.com/.exec(issuer) ?? []
  if (name === undefined || region.test(name)) return []
  return [
    {
      path,
      message: `${name} does not look like a region of AWS, such as eu-west-1; is it misspelt?`,
    },
  ]
}

const patternWarnings = ({ path, origin }: RouteSettings): readonly Warning[] => {
  const odd = path.split('/').find((segment) => segment.includes('*') || /^:\w/.test(segment))
  if (odd === undefined) return []
  const meant = odd.startsWith(':') ? `{${odd.slice(1)}}` : '{proxy+}'
  return [
    {
      path: keyPath(origin, 'path'),
      message: `"${odd}" stands for itself here; write ${meant} for a parameter`,
    },
  ]
}

// HAProxy, with one thread: as a plain proxy, and verifying tokens as its manual shows it (jwt_verify
// with a PEM key, algorithm, issuer and expiry).
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../e2e/helpers/free-port.ts'
import { startProgram } from '../../e2e/helpers/program.ts'
import { tempDir } from '../../e2e/helpers/temp-dir.ts'
import { untilAnswers } from '../../e2e/helpers/until-answers.ts'
import { measuredProcessor, pinned } from '../processors.ts'
import { programPath } from '../requirements.ts'
import type { StartSystem, Surroundings, System } from './system.ts'

export const startPlainHaproxy: StartSystem = (surroundings) => start(surroundings, [])

export const startHaproxyJwt: StartSystem = (surroundings) => {
  const { scope, issuer } = surroundings
  const key = join(tempDir(scope), 'key.pem')
  writeFileSync(key, issuer.publicPem)
  return start(surroundings, [
    'http-request deny deny_status 401 unless { req.hdr(authorization) -m found }',
    'http-request set-var(txn.token) http_auth_bearer',
    "http-request set-var(txn.alg) var(txn.token),jwt_header_query('$.alg')",
    "http-request set-var(txn.iss) var(txn.token),jwt_payload_query('$.iss')",
    "http-request set-var(txn.exp) var(txn.token),jwt_payload_query('$.exp','int')",
    'http-request set-var(txn.now) date()',
    'http-request deny deny_status 401 unless { var(txn.alg) -m str RS256 }',
    `http-request deny deny_status 401 unless { var(txn.iss) -m str ${issuer.issuer} }`,
    'http-request deny deny_status 401 if { var(txn.exp),sub(txn.now) -m int le 0 }',
    `http-request deny deny_status 401 unless { var(txn.token),jwt_verify(txn.alg,"${key}") 1 }`,
  ])
}

const start = async (
  { scope, upstreamPort }: Surroundings,
  rules: readonly string[],
): Promise<System> => {
  const port = await freePort()
  const file = join(tempDir(scope), 'haproxy.cfg')
  writeFileSync(file, configuration(port, upstreamPort, rules))
  const args = ['-db', '-f', file]
  const program = startProgram(scope, ...pinned(measuredProcessor, programPath('haproxy'), args))
  const url = `http://127.0.0.1:${port}`
  await untilAnswers(program, url)
  return { url, group: program.pid }
}

const configuration = (port: number, upstreamPort: number, rules: readonly string[]): string => `
global
  nbthread 1
  maxconn 2048
defaults
  mode http
  timeout connect 5s
  timeout client 75s
  timeout server 75s
  timeout tunnel 10m
  option http-keep-alive
  http-reuse always
frontend front
  bind 127.0.0.1:${port}
${rules.map((rule) => `  ${rule}`).join('\n')}
  default_backend back
backend back
  server upstream 127.0.0.1:${upstreamPort}
`

// Caddy (Debian) with deploy/caddy/Caddyfile: forward_auth.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { testH2 } from './helpers/edge-h2.ts'
import { testRefusals } from './helpers/edge-refusals.ts'
import { testEdge } from './helpers/edge-tests.ts'
import type { StartProxy } from './helpers/edge.ts'
import { startProgram } from './helpers/program.ts'
import { tempDir } from './helpers/temp-dir.ts'

const startCaddy: StartProxy = (t, withAddresses) => {
  const dir = tempDir(t)
  const file = join(dir, 'Caddyfile')
  writeFileSync(file, withAddresses(readFileSync('deploy/caddy/Caddyfile', 'utf8')))
  // It keeps a copy of its configuration at home.
  const env = { HOME: dir, XDG_CONFIG_HOME: dir, XDG_DATA_HOME: dir }
  return startProgram(t, 'caddy', ['run', '--adapter', 'caddyfile', '--config', file], { env })
}

testEdge('Caddy', startCaddy, { withoutGate: 502, tooManyHeaders: 431 })
testRefusals('Caddy', startCaddy)
testH2(
  'Caddy',
  (t, withAddresses) =>
    startCaddy(t, (text) =>
      withAddresses(
        text.replace('auto_https off', 'auto_https off\n\tservers {\n\t\tprotocols h1 h2c\n\t}'),
      ),
    ),
  {},
)

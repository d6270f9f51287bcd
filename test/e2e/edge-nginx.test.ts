// nginx (Debian) with deploy/nginx/cognito-gate.conf: auth_request.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { testH2 } from './helpers/edge-h2.ts'
import { testRefusals } from './helpers/edge-refusals.ts'
import { testEdge } from './helpers/edge-tests.ts'
import type { StartProxy } from './helpers/edge.ts'
import { startProgram } from './helpers/program.ts'
import { tempDir } from './helpers/temp-dir.ts'

/** What Debian has in /etc/nginx/nginx.conf, for one process in the foreground. */
const around = (dir: string, file: string): string => `
daemon off;
master_process off;
pid ${dir}/nginx.pid;
error_log stderr crit;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${dir}/body;
  proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi;
  scgi_temp_path ${dir}/scgi;
  include ${file};
}
`

const startNginx: StartProxy = (t, withAddresses) => {
  const dir = tempDir(t)
  const file = join(dir, 'cognito-gate.conf')
  writeFileSync(file, withAddresses(readFileSync('deploy/nginx/cognito-gate.conf', 'utf8')))
  writeFileSync(join(dir, 'nginx.conf'), around(dir, file))
  const args = ['-e', 'stderr', '-p', dir, '-c', join(dir, 'nginx.conf')]
  return startProgram(t, 'nginx', args)
}

testEdge('nginx', startNginx, { withoutGate: 503, tooManyHeaders: 431 })
testRefusals('nginx', startNginx)
testH2(
  'nginx',
  (t, withAddresses) =>
    startNginx(t, (text) => withAddresses(text.replace('127.0.0.1:8000', '127.0.0.1:8000 http2'))),
  {},
)

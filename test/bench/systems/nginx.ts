// nginx as a plain proxy: one process, kept connections to the upstream, bodies passed on as they come.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../e2e/helpers/free-port.ts'
import { startProgram } from '../../e2e/helpers/program.ts'
import { tempDir } from '../../e2e/helpers/temp-dir.ts'
import { untilAnswers } from '../../e2e/helpers/until-answers.ts'
import { measuredProcessor, pinned } from '../processors.ts'
import { programPath } from '../requirements.ts'
import type { StartSystem } from './system.ts'

export const startPlainNginx: StartSystem = async ({ scope, upstreamPort }) => {
  const dir = tempDir(scope)
  const port = await freePort()
  const file = join(dir, 'nginx.conf')
  writeFileSync(file, configuration(dir, port, upstreamPort))
  const args = ['-e', 'stderr', '-p', dir, '-c', file]
  const program = startProgram(scope, ...pinned(measuredProcessor, programPath('nginx'), args))
  const url = `http://127.0.0.1:${port}`
  await untilAnswers(program, url)
  return { url, group: program.pid }
}

// Bodies stream, as they do through the gate. nginx's default would write uploads, and downloads that
// their client is slower to read than the upstream to send, to files first.
const configuration = (dir: string, port: number, upstreamPort: number): string => `
daemon off;
master_process off;
pid ${dir}/nginx.pid;
error_log stderr warn;
events { worker_connections 2048; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  client_body_temp_path ${dir}/body;
  proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi;
  scgi_temp_path ${dir}/scgi;
  upstream back {
    server 127.0.0.1:${upstreamPort};
    keepalive 64;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
  }
  map $http_upgrade $connection_header { default upgrade; '' ''; }
  server {
    listen 127.0.0.1:${port} backlog=1024;
    client_max_body_size 0;
    location / {
      proxy_pass http://back;
      proxy_http_version 1.1;
      proxy_request_buffering off;
      proxy_max_temp_file_size 0;
      proxy_set_header Host $host;
      proxy_set_header Connection $connection_header;
      proxy_set_header Upgrade $http_upgrade;
    }
  }
}
`

// The service behind every system: nginx, one process, on the load's processor. It answers from
// memory: a few bytes, bodies of three sizes, and the number of bytes that were sent to it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../e2e/helpers/free-port.ts'
import { startProgram, type Scope } from '../e2e/helpers/program.ts'
import { tempDir } from '../e2e/helpers/temp-dir.ts'
import { untilAnswers } from '../e2e/helpers/until-answers.ts'
import { loadProcessor, pinned } from './processors.ts'
import { nginxModules, programPath } from './requirements.ts'

/** What the upstream says to any small request. */
export const smallAnswer = '{"orders":[{"id":42}]}'

/** Sizes of the bodies, by their name under `/bodies/`; bytes. */
export const bodySizes = { '1k': 1024, '100k': 102_400, '10m': 10_485_760 } as const
export type BodySize = keyof typeof bodySizes

export interface Upstream {
  readonly port: number
}

/** Starts it, and waits until it answers. */
export const startUpstream = async (scope: Scope): Promise<Upstream> => {
  const dir = tempDir(scope)
  const port = await freePort()
  mkdirSync(join(dir, 'bodies'))
  for (const [name, bytes] of Object.entries(bodySizes)) {
    writeFileSync(join(dir, 'bodies', name), Buffer.alloc(bytes, 'x'))
  }
  const file = join(dir, 'nginx.conf')
  writeFileSync(file, configuration(dir, port))
  const args = ['-e', 'stderr', '-p', dir, '-c', file]
  const program = startProgram(scope, ...pinned(loadProcessor, programPath('nginx'), args))
  await untilAnswers(program, `http://127.0.0.1:${port}/`)
  return { port }
}

// The keep-alive limits are out of the way, or each system would pay for new connections as well.
const configuration = (dir: string, port: number): string => `
load_module ${nginxModules}/ngx_http_echo_module.so;
daemon off;
master_process off;
pid ${dir}/nginx.pid;
error_log stderr warn;
events { worker_connections 2048; }
http {
  access_log off;
  default_type application/json;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  sendfile on;
  open_file_cache max=16;
  client_body_temp_path ${dir}/body;
  proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi;
  scgi_temp_path ${dir}/scgi;
  server {
    listen 127.0.0.1:${port} backlog=1024;
    client_max_body_size 0;
    client_body_buffer_size 16m;
    location / { return 200 '${smallAnswer}'; }
    location /bodies/ { root ${dir}; }
    location = /upload { echo_read_request_body; echo -n $content_length; }
  }
}
`

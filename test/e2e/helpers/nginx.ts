// nginx as the upstream: it answers with the request's head, byte for byte as it arrived, so that a
// test sees what an application would have seen.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { startProgram, type Scope } from './program.ts'
import { tempDir } from './temp-dir.ts'

export interface Nginx {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  /** Path of a unix socket that serves the same. */
  readonly socketPath: string
  /** Folder served under `/files/`. */
  readonly filesDir: string
}

/** A request as the upstream saw it. */
export interface SeenRequest {
  readonly requestLine: string
  /** Header lines in the order received: name, value. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

/**
 * Starts nginx in the foreground. `/slow/N` answers after N tenths of a second, `/files/` is a
 * folder, `/cookies` sets two cookies, and every other path echoes the request.
 */
export const startNginx = async (scope: Scope): Promise<Nginx> => {
  const dir = tempDir(scope)
  const port = await freePort()
  const socketPath = join(dir, 'nginx.sock')
  const filesDir = join(dir, 'files')
  mkdirSync(filesDir)
  writeFileSync(join(dir, 'nginx.conf'), configuration(dir, port, socketPath))
  const args = ['-e', 'stderr', '-p', dir, '-c', join(dir, 'nginx.conf')]
  const program = startProgram(scope, 'nginx', args)
  await program.until(async () => ((await accepts(port)) ? true : undefined))
  return { url: `http://127.0.0.1:${port}`, socketPath, filesDir }
}

/** Reads the echo of a request back into its parts. */
export const seenRequest = (echo: string): SeenRequest => {
  const end = echo.indexOf('\r\n\r\n')
  const [requestLine = '', ...lines] = echo.slice(0, end).split('\r\n')
  const headers = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(': ')
    return [line.slice(0, colon), line.slice(colon + 2)]
  })
  return { requestLine, headers, body: echo.slice(end + 4) }
}

/** Debian's path; other systems load the module by name from nginx's own module folder. */
const echoModule = '/usr/lib/nginx/modules/ngx_http_echo_module.so'

// One process, no daemon: what is started here is what is ended at teardown. Header names that nginx
// would drop by itself (underscores, odd characters) are let through, so that they can be seen.
const configuration = (dir: string, port: number, socketPath: string): string => `
load_module ${existsSync(echoModule) ? echoModule : 'modules/ngx_http_echo_module.so'};
daemon off;
master_process off;
pid ${dir}/nginx.pid;
error_log stderr warn;
events { worker_connections 512; }
http {
  access_log off;
  default_type text/plain;
  underscores_in_headers on;
  ignore_invalid_headers off;
  client_body_temp_path ${dir}/body;
  proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi;
  scgi_temp_path ${dir}/scgi;
  server {
    listen 127.0.0.1:${port};
    listen unix:${socketPath};
    client_max_body_size 0;
    location / {
      echo_read_request_body;
      echo -n $echo_client_request_headers;
      echo_request_body;
    }
    location = /cookies {
      add_header Set-Cookie 'a=1; Path=/';
      add_header Set-Cookie 'b=2; Path=/';
      return 200 'cookies';
    }
    location = /slow/30 { echo_sleep 3; echo -n done; }
    location = /slow/600 { echo_sleep 60; echo -n done; }
    location /files/ { root ${dir}; }
  }
}
`

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const settle = (accepted: boolean): void => {
      socket.destroy()
      resolve(accepted)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
  })

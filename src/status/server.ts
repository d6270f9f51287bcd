// The listener of the status page: on loopback, for GET and HEAD, with every header that keeps other
// pages from it. It asks nobody who they are.
import type { IncomingMessage, Server } from 'node:http'
import { createServer } from '../node-http.ts'
import type { Answer } from '../core/answer.ts'
import type { Clock } from '../core/ports.ts'
import { respond } from '../server/respond.ts'
import { distrust, type Distrust } from './guard.ts'
import { icon } from './icon.ts'
import { keepFor } from './keep-for.ts'
import { renderPage } from './page.ts'
import type { StatusReport } from './report.ts'
import { script } from './script.ts'
import { style } from './style.ts'

export type MakeReport = () => Promise<StatusReport>

interface Resource {
  /** A page may be come to from elsewhere; its parts may not. */
  readonly kind: 'page' | 'part'
  readonly type: string
  readonly body: () => string | Promise<string>
}

/** Whoever asks more often gets the same again: a thousand routes are milliseconds. */
const keptMs = 250

const resourcesOf = (
  report: MakeReport,
  clock: Pick<Clock, 'monotonicMs'>,
): ReadonlyMap<string, Resource> => {
  const page = keepFor(keptMs, clock, async () => renderPage(await report()))
  const json = keepFor(keptMs, clock, async () => asJson(await report()))
  return new Map<string, Resource>([
    ['/', { kind: 'page', type: 'text/html', body: page }],
    ['/status', { kind: 'part', type: 'application/json', body: json }],
    ['/status.js', { kind: 'part', type: 'text/javascript', body: () => script }],
    ['/status.css', { kind: 'part', type: 'text/css', body: () => style }],
    ['/status.svg', { kind: 'part', type: 'image/svg+xml', body: () => icon }],
  ])
}

const asJson = (report: StatusReport): string => `${JSON.stringify(report)}\n`

/** Makes the listener of `/` and `/status`. A report that fails is a 500. */
export const createStatusServer = (
  report: MakeReport,
  clock: Pick<Clock, 'monotonicMs'>,
): Server => {
  const resources = resourcesOf(report, clock)
  const server = createServer(
    {
      maxHeaderSize: 16_384,
      headersTimeout: 5000,
      requestTimeout: 10_000,
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: 15_000,
      // What Node.js would say of it by itself has none of the headers below.
      requireHostHeader: false,
    },
    (request, response) => {
      void answerTo(request, resources).then((answer) => respond(request, response, answer))
    },
  )
  server.maxConnections = 32
  // Of a reader that takes nothing of its answer.
  server.timeout = 30_000
  return server
}

const answerTo = async (
  request: IncomingMessage,
  resources: ReadonlyMap<string, Resource>,
): Promise<Answer> => {
  const [path = ''] = (request.url as string).split('?', 1)
  const resource = resources.get(path)
  const distrusted = distrust(request, resource?.kind ?? 'part')
  if (distrusted !== undefined) return refusals[distrusted]
  if (resource === undefined) return plain(404, 'not found')
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return plain(405, 'method not allowed', ['Allow', 'GET, HEAD'])
  }
  try {
    return answer(200, resource.type, await resource.body())
  } catch {
    // What failed may name anything, so nothing of it is shown here.
    return plain(500, 'internal error')
  }
}

/** Own files only, no inline code, no frame around it, nowhere to send a form to. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

const answer = (status: number, type: string, body: string): Answer => ({
  status,
  headers: [
    ...['Content-Type', `${type}; charset=utf-8`],
    ...['Cache-Control', 'no-store'],
    ...['Content-Security-Policy', contentSecurityPolicy],
    ...['Cross-Origin-Opener-Policy', 'same-origin'],
    ...['Cross-Origin-Resource-Policy', 'same-origin'],
    ...['Referrer-Policy', 'no-referrer'],
    ...['X-Content-Type-Options', 'nosniff'],
    ...['X-Frame-Options', 'DENY'],
  ],
  body,
})

const plain = (status: number, text: string, more: readonly string[] = []): Answer => {
  const { headers, ...rest } = answer(status, 'text/plain', `${text}\n`)
  return { ...rest, headers: [...headers, ...more] }
}

const refusals: Readonly<Record<Distrust, Answer>> = {
  host: plain(421, 'ask for localhost, 127.0.0.1 or [::1]'),
  origin: plain(403, 'not for other pages'),
}

// The operator's listener: metrics and probes. It shows nothing else, takes no body, and shares no
// port with traffic.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from '../node-http.ts'
import type { Answer } from '../core/answer.ts'
import { respond } from './respond.ts'

export interface AdminServerOptions {
  readonly metrics: { readonly render: () => Promise<string>; readonly contentType: string }
  /** Why the gate should get no traffic, one line per reason; empty means ready. */
  readonly notReady: () => readonly string[]
  /** What whoever looks should know although it makes nothing unready, one line each. */
  readonly remarks?: () => readonly string[]
}

type Page = (options: AdminServerOptions) => Answer | Promise<Answer>

const plainText = (status: number, body: string): Answer => ({
  status,
  headers: ['Content-Type', 'text/plain; charset=utf-8', 'Cache-Control', 'no-store'],
  body,
})

const pages: ReadonlyMap<string, Page> = new Map<string, Page>([
  ['/livez', () => plainText(200, 'alive\n')],
  ['/readyz', (options) => readiness(options.notReady(), options.remarks?.() ?? [])],
  ['/metrics', (options) => scrape(options.metrics)],
])

/** Makes the listener of `/metrics`, `/livez` and `/readyz`. A page that fails is a 500. */
export const createAdminServer = (options: AdminServerOptions): Server => {
  const server = createServer(
    {
      maxHeaderSize: 16_384,
      headersTimeout: 5000,
      requestTimeout: 10_000,
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: 75_000,
    },
    (request, response) => {
      void show(options, request, response)
    },
  )
  server.maxConnections = 100
  return server
}

const show = async (
  options: AdminServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  respond(request, response, await answerTo(options, request))
}

const answerTo = async (options: AdminServerOptions, request: IncomingMessage): Promise<Answer> => {
  const [path] = (request.url as string).split('?', 1)
  const page = pages.get(path as string)
  if (page === undefined) return plainText(404, 'not found\n')
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    const answer = plainText(405, 'method not allowed\n')
    return { ...answer, headers: [...answer.headers, 'Allow', 'GET, HEAD'] }
  }
  try {
    return await page(options)
  } catch {
    // What failed may name anything, so nothing of it is shown here.
    return plainText(500, 'internal error\n')
  }
}

const readiness = (reasons: readonly string[], remarks: readonly string[]): Answer => {
  const [status, first] = reasons.length === 0 ? [200, ['ready']] : [503, reasons]
  return plainText(status, [...first, ...remarks].map((line) => `${line}\n`).join(''))
}

const scrape = async (metrics: AdminServerOptions['metrics']): Promise<Answer> => ({
  status: 200,
  headers: ['Content-Type', metrics.contentType],
  body: await metrics.render(),
})

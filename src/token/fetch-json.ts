// One bounded GET of a JSON document: the only way in which the gate itself reaches out for keys. It
// follows no redirect, skips no certificate check and quotes no body.
import type { SecureContext } from 'node:tls'
import type { Dispatcher } from 'undici'
import type { Proxies, ProxySettings } from '../core/settings.ts'
import { proxyOf } from './proxy-of.ts'

export interface FetchOptions {
  /** For the whole exchange: name look-up, connection, head and body. */
  readonly timeoutMs: number
  /** Of the body, as received. */
  readonly maxBytes: number
  /** Whom to trust over https; undefined: whom Node.js trusts. */
  readonly trust: SecureContext | undefined
  readonly proxies: Proxies
}

/**
 * Gets and parses a JSON document. Rejects with an Error that says what went wrong, without a word of
 * the body: anything but 200, a redirect included; too slow; too long; not UTF-8; not JSON.
 */
export const fetchJson = async (uri: string, options: FetchOptions): Promise<unknown> => {
  const proxy = proxyOf(new URL(uri), options.proxies)
  const undici = await load()
  const dispatcher = createDispatcher(undici, proxy, options)
  const fetched = exchange(uri, options, { undici, dispatcher }).finally(() => {
    void dispatcher.destroy()
  })
  return proxy === undefined ? fetched : fetched.catch(blame(proxy))
}

/** Loaded when it is first needed: a gate with local keys never does, and others listen before. */
const load = () => import('undici')

type Undici = Awaited<ReturnType<typeof load>>

const blame =
  ({ origin }: ProxySettings) =>
  (error: unknown): never => {
    throw new Error(`through the proxy ${origin}: ${(error as Error).message}`, { cause: error })
  }

/**
 * An agent for one exchange: nothing stays open between fetches that are an hour apart. Certificates
 * are verified whatever NODE_TLS_REJECT_UNAUTHORIZED says, that of an issuer behind a proxy too.
 */
const createDispatcher = (
  { Agent, ProxyAgent }: Undici,
  proxy: ProxySettings | undefined,
  { timeoutMs, trust }: FetchOptions,
): Dispatcher => {
  const connect = {
    rejectUnauthorized: true,
    timeout: timeoutMs,
    ...(trust === undefined ? {} : { secureContext: trust }),
  }
  if (proxy === undefined) return new Agent({ connect })
  return new ProxyAgent({
    uri: proxy.origin,
    ...(proxy.authorization === undefined ? {} : { token: proxy.authorization }),
    // Few proxies open a tunnel to anything but https.
    proxyTunnel: false,
    proxyTls: connect,
    requestTls: connect,
  })
}

const exchange = async (
  uri: string,
  { timeoutMs, maxBytes }: FetchOptions,
  { undici, dispatcher }: { readonly undici: Undici; readonly dispatcher: Dispatcher },
): Promise<unknown> => {
  const signal = AbortSignal.timeout(timeoutMs)
  // undici looks at a signal once there is a connection, and that is what a proxy may never give.
  signal.addEventListener('abort', () => void dispatcher.destroy())
  const headers = { accept: 'application/json' }
  try {
    const response = await undici.request(uri, { dispatcher, signal, headers })
    if (response.statusCode !== 200) throw new Error(`answered with status ${response.statusCode}`)
    return parse(await readBody(response.body, maxBytes))
  } catch (error) {
    if (!signal.aborted) throw error
    throw new Error(`no complete answer in ${timeoutMs} ms`, { cause: error })
  }
}

const readBody = async (body: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new Error(`the body is longer than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const parse = (body: Buffer): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    // The parser's own message quotes the body.
    throw new Error('the body is not valid JSON')
  }
}

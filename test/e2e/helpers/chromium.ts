// Debian's Chromium without a window, driven through its debugging port (Chrome DevTools Protocol) on
// loopback: it opens a page, and the test calls what the page's script defines.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startProgram, type Program, type Scope } from './program.ts'
import { tempDir } from './temp-dir.ts'
import { WebSocket, type WsSocket } from './ws-package.ts'

export interface Chromium {
  readonly program: Program
  readonly open: (url: string) => Promise<Page>
}

export interface Page {
  /** Evaluates an expression, awaits it if it is a promise, and gives its value as JSON does. */
  readonly evaluate: (expression: string) => Promise<unknown>
  /** A command of the debugging protocol, and its result. */
  readonly command: (method: string, params?: object) => Promise<Result>
  /** What the protocol has told of the page, in the domains that were enabled. */
  readonly events: readonly Event[]
  /** As its user closes it. */
  readonly close: () => Promise<void>
}

export type Result = Readonly<Record<string, unknown>>

export interface Event {
  readonly method: string
  readonly params: Result
}

const options = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic'],
  ...['--no-first-run', '--disable-background-networking', '--disable-component-update'],
  ...['--disable-sync', '--no-proxy-server', '--remote-debugging-port=0'],
]

/** Time that a page has for one call, in milliseconds; without a bound, a failing test would hang. */
const answerWithinMs = 15_000

/** Starts a browser with a profile of its own, and waits until it can be driven. `more` are options. */
export const startChromium = async (
  scope: Scope,
  more: readonly string[] = [],
): Promise<Chromium> => {
  const profile = tempDir(scope)
  const arguments_ = [...options, ...more, `--user-data-dir=${profile}`, 'about:blank']
  const program = startProgram(scope, 'chromium', arguments_, { readyWithinMs: 40_000 })
  const port = await program.until(() => readPort(profile))
  const debugUrl = `http://127.0.0.1:${port}`
  return { program, open: (url) => openPage(scope, debugUrl, url) }
}

/** Chromium writes the port that it has chosen to a file, with a line feed after it. */
const readPort = (profile: string): number | undefined => {
  try {
    const [port, rest] = readFileSync(join(profile, 'DevToolsActivePort'), 'utf8').split('\n')
    return rest === undefined ? undefined : Number(port)
  } catch {
    return undefined
  }
}

interface Target {
  readonly id: string
  readonly webSocketDebuggerUrl: string
}

const openPage = async (scope: Scope, debugUrl: string, url: string): Promise<Page> => {
  const query = encodeURIComponent(url)
  const made = await fetch(`${debugUrl}/json/new?${query}`, { method: 'PUT' })
  const { id, webSocketDebuggerUrl } = (await made.json()) as Target
  const { command, events } = await connect(scope, webSocketDebuggerUrl)
  const evaluate = async (expression: string): Promise<unknown> => {
    const params = { expression, awaitPromise: true, returnByValue: true }
    const answer: Evaluated = await command('Runtime.evaluate', params)
    const { result, exceptionDetails } = answer
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails))
    return result?.value
  }
  await evaluate(
    `new Promise((done) => document.readyState === 'complete' ? done() : addEventListener('load', done))`,
  )
  return {
    evaluate,
    command,
    events,
    close: async () => {
      await fetch(`${debugUrl}/json/close/${id}`)
    },
  }
}

interface Evaluated {
  readonly result?: { readonly value?: unknown }
  readonly exceptionDetails?: unknown
}

/** Commands to one page. */
const connect = async (scope: Scope, url: string): Promise<Pick<Page, 'command' | 'events'>> => {
  const socket: WsSocket = new WebSocket(url, [], { perMessageDeflate: false })
  scope.teardown(() => socket.terminate())
  const waiting = new Map<number, (answer: Result) => void>()
  const events: Event[] = []
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Event & {
      readonly id?: number
      readonly result?: Result
      readonly error?: Result
    }
    if (message.id === undefined) events.push(message)
    else waiting.get(message.id)?.(message.result ?? { ...message.error })
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  socket.on('error', () => undefined)
  let last = 0
  const command: Page['command'] = (method, params = {}) =>
    new Promise((resolve, reject) => {
      last += 1
      const late = (): void => reject(new Error(`no answer to ${method} ${JSON.stringify(params)}`))
      const timer = setTimeout(late, answerWithinMs)
      waiting.set(last, (answer) => {
        clearTimeout(timer)
        resolve(answer)
      })
      socket.send(JSON.stringify({ id: last, method, params }))
    })
  return { command, events }
}

// The service of programs/identified.ts, killed and started anew at the same port, and requests that
// know what their answer has to be.
import { createHash, randomBytes } from 'node:crypto'
import { request, type Agent, type IncomingMessage } from 'node:http'
import { resolve } from 'node:path'
import { contentOf } from './content.ts'
import { freePort } from './free-port.ts'
import { startProgram, type Program, type Scope } from './program.ts'

export interface IdentifiedService {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  /** Kills it with SIGKILL and lets the one that stands by take over. */
  readonly replace: () => Promise<void>
  /** Ends the last one. */
  readonly end: () => Promise<void>
  /** Ids of the POST requests that came, in any of them. */
  readonly posted: () => readonly string[]
}

const script = resolve('test/e2e/programs/identified.ts')

const standBy = async (scope: Scope, port: number): Promise<Program> => {
  // Run by benchmarks, too, which are compiled.
  const program = startProgram(scope, process.execPath, ['--import=tsx', script, String(port)])
  await program.until(() => (program.stdout().includes('standing by') ? true : undefined))
  return program
}

export const startIdentified = async (scope: Scope): Promise<IdentifiedService> => {
  const port = await freePort()
  const programs: Program[] = []
  const start = (): Promise<Program> => standBy(scope, port)
  let current = await start()
  let next = start()
  programs.push(current)
  current.signal('SIGUSR2')
  return {
    url: `http://127.0.0.1:${port}`,
    replace: async () => {
      const ready = await next
      current.signal('SIGKILL')
      await current.exited
      ready.signal('SIGUSR2')
      current = ready
      programs.push(ready)
      next = start()
    },
    end: async () => {
      current.signal('SIGKILL')
      await current.exited
      await next
    },
    posted: () => programs.flatMap((program) => program.stdout().split('\n').slice(1, -1)),
  }
}

/** What came of a request. */
export type Outcome =
  /** Its own answer, every byte of it. */
  | 'whole'
  /** A whole answer of the gate's: 502, 503 or 504. */
  | 'refused'
  /** Broken off in a way that the client saw. */
  | 'broken'

export interface Ask {
  readonly url: string
  readonly agent: Agent
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly id: string
  readonly size: number
  readonly how: 'length' | 'chunked' | 'slow' | 'reset' | 'garbage' | 'short' | 'twice'
  readonly headers?: Readonly<Record<string, string>>
  /** The `X-Claim-Sub` that the service is to get; '' is none. */
  readonly sub?: string
}

/** Longest time that a client waits for anything; milliseconds. */
const hungMs = 20_000

/** Sends a request. Rejects when the answer is wrong, somebody else's, or does not come. */
export const askIdentified = ({
  url,
  agent,
  method,
  id,
  size,
  how,
  headers,
  sub = '',
}: Ask): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const wrong = (what: string): void => reject(new Error(`${method} ${id}: ${what}`))
    const body = method === 'GET' ? Buffer.alloc(0) : randomBytes(size % 5000)
    const outgoing = request(`${url}?id=${id}&size=${size}&how=${how}`, {
      agent,
      method,
      headers: { ...headers, ...(method === 'GET' ? {} : { 'Content-Length': body.length }) },
    })
    const timer = setTimeout(() => {
      wrong('hung')
      outgoing.destroy()
    }, hungMs)
    outgoing.on('close', () => clearTimeout(timer))
    outgoing.on('error', () => resolve('broken'))
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', () => {
        // What came before the break must have been its own, too.
        const part = Buffer.concat(chunks)
        if (part.equals(contentOf(id, part.length))) resolve('broken')
        else wrong('another body, broken off')
      })
      response.on('end', () => {
        const problem = judge(response, Buffer.concat(chunks), { id, size, sub, sent: body })
        if (problem !== undefined) wrong(problem)
        else resolve(response.statusCode === 200 ? 'whole' : 'refused')
      })
    })
    outgoing.end(body)
  })

const judge = (
  { statusCode = 0, headers }: IncomingMessage,
  body: Buffer,
  {
    id,
    size,
    sub,
    sent,
  }: Pick<Ask, 'id' | 'size'> & { readonly sub: string; readonly sent: Buffer },
): string | undefined => {
  if ([502, 503, 504].includes(statusCode)) return undefined
  if (statusCode !== 200) return `status ${statusCode}`
  if (headers['x-id'] !== id) return `the head of ${String(headers['x-id'])}`
  if (headers['x-sub'] !== sub) return `the service saw ${String(headers['x-sub'])}`
  const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64')
  if (headers['x-received'] !== digest(sent)) return 'another body reached the service'
  if (headers['x-digest'] !== digest(body))
    return `a body of ${body.length} bytes that is no whole one`
  return body.equals(contentOf(id, size)) ? undefined : 'another body'
}

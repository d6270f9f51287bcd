// Load by wrk: as many requests as fit into a while, over a fixed number of connections. It finds out
// what a request costs, never how long one takes: for that see open-loop.ts.
import { execFile } from 'node:child_process'
import { loadProcessor, pinned } from './processors.ts'

export interface WrkOptions {
  readonly url: string
  readonly seconds: number
  readonly connections: number
  /** `name: value` each. */
  readonly headers: readonly string[]
  /** A Lua script that makes the requests. */
  readonly script?: string | undefined
  readonly scriptArguments?: readonly string[] | undefined
}

export interface WrkReport {
  readonly requests: number
  readonly seconds: number
  /** Answers with another status than 2xx and 3xx. */
  readonly refused: number
  /** Connections, reads, writes and time-outs that failed. */
  readonly socketErrors: number
}

/** Runs wrk on the processor for load; rejects when it fails or prints what we cannot read. */
export const runWrk = (options: WrkOptions): Promise<WrkReport> =>
  new Promise((resolve, reject) => {
    const [command, args] = pinned(loadProcessor, 'wrk', wrkArguments(options))
    execFile(command, args, (error, stdout, stderr) => {
      if (error === null) resolve(parseWrk(stdout))
      else reject(new Error(`wrk: ${stderr}${stdout}`, { cause: error }))
    })
  })

const wrkArguments = (options: WrkOptions): readonly string[] => [
  '--threads=1',
  `--connections=${options.connections}`,
  `--duration=${options.seconds}s`,
  '--timeout=10s',
  ...options.headers.flatMap((header) => ['--header', header]),
  ...(options.script === undefined ? [] : ['--script', options.script]),
  options.url,
  ...(options.scriptArguments === undefined ? [] : ['--', ...options.scriptArguments]),
]

/** Reads wrk's own summary. Throws when it has none. */
export const parseWrk = (output: string): WrkReport => {
  const total = /^\s*(\d+) requests in ([\d.]+)(ms|s|m), /m.exec(output)
  if (total === null) throw new Error(`wrk printed no summary:\n${output}`)
  const [, requests, duration, unit] = total
  const refused = /^\s*Non-2xx or 3xx responses: (\d+)/m.exec(output)
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output)
  return {
    requests: Number(requests),
    seconds: Number(duration) * (secondsPer[unit ?? ''] ?? 1),
    refused: Number(refused?.[1] ?? 0),
    socketErrors: errors?.slice(1).reduce((sum, count) => sum + Number(count), 0) ?? 0,
  }
}

const secondsPer: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60 }

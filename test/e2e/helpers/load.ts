// Many requests over a fixed number of keep-alive connections, each answer read to its end.
import { Agent, request } from 'node:http'

export interface LoadRequest {
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface LoadReport {
  /** Answers by status. */
  readonly statuses: Readonly<Record<number, number>>
  /** What went wrong with requests that got no whole answer. */
  readonly errors: readonly string[]
}

export interface Load {
  /** Origin: `http://127.0.0.1:PORT`. */
  readonly url: string
  readonly connections: number
  /** The next request; undefined ends the connection that asked. */
  readonly next: () => LoadRequest | undefined
}

/** Sends requests until `next` has no more. Never rejects: what fails is in the report. */
export const runLoad = async ({ url, connections, next }: Load): Promise<LoadReport> => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const statuses: Record<number, number> = {}
  const errors: string[] = []
  const work = async (): Promise<void> => {
    for (let wanted = next(); wanted !== undefined; wanted = next()) {
      try {
        const status = await send(agent, url, wanted)
        statuses[status] = (statuses[status] ?? 0) + 1
      } catch (error) {
        errors.push(`${wanted.path}: ${(error as Error).message}`)
      }
    }
  }
  await Promise.all(Array.from({ length: connections }, work))
  agent.destroy()
  return { statuses, errors }
}

const send = (agent: Agent, url: string, { path, headers = {} }: LoadRequest): Promise<number> =>
  new Promise((resolve, reject) => {
    const outgoing = request(`${url}${path}`, { agent, headers })
    outgoing.once('error', reject)
    outgoing.once('response', (response) => {
      response.once('error', reject)
      response.once('end', () => resolve(response.statusCode ?? 0))
      response.resume()
    })
    outgoing.end()
  })

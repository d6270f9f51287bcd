// Clients with kept-alive connections behind a Service: new connections go where it points, those that
// stand go on to where they went.
import { Agent, request } from 'node:http'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import type { Scope } from './program.ts'

export interface Service {
  readonly url: string
  /** From now on, new connections go to the gate of this URL. */
  readonly pointAt: (url: string) => void
}

/** Passes bytes on, as a cluster's network does. */
export const startService = async (scope: Scope, first: string): Promise<Service> => {
  let target = new URL(first)
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (client) => {
    const pod = connect(Number(target.port), target.hostname)
    for (const [from, to] of [
      [client, pod],
      [pod, client],
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => sockets.delete(from))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  scope.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    pointAt: (url) => {
      target = new URL(url)
    },
  }
}

export interface Load {
  readonly answered: () => number
  /** What went wrong, one word for each request that was lost or answered otherwise. */
  readonly lost: readonly string[]
  readonly stop: () => Promise<void>
}

/** `clients` connections that ask for one path after the other until stopped. */
export const startLoad = (
  url: string,
  headers: Readonly<Record<string, string>>,
  clients: number,
): Load => {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const lost: string[] = []
  let [answered, over] = [0, false]
  const ask = async (path: string): Promise<void> => {
    const word = await new Promise<string>((resolve) => {
      const asked = request(`${url}${path}`, { agent, headers }, (answer) => {
        let body = ''
        answer.setEncoding('utf8').on('data', (text: string) => (body += text))
        answer.on('error', (error) => resolve(error.message))
        answer.on('end', () => resolve(`${answer.statusCode} ${body}`))
      })
      asked.on('error', (error) => resolve(error.message))
      asked.end()
    })
    answered += 1
    if (!word.startsWith('200 ') || !word.endsWith(`path=${path}`)) lost.push(word)
  }
  const work = async (client: number): Promise<void> => {
    for (let count = 0; !over; count += 1) {
      await ask(count % 20 === 0 ? `/slow/${client}-${count}` : `/fast/${client}-${count}`)
    }
  }
  const working = Promise.all(Array.from({ length: clients }, (_, client) => work(client)))
  return {
    lost,
    answered: () => answered,
    stop: async () => {
      over = true
      await working
      agent.destroy()
    },
  }
}

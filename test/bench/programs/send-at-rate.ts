// Requests at a fixed rate, whatever becomes of those before: each has its moment, and its time runs from
// that moment, not from when it could be sent. So a system that stalls cannot hide the requests that it
// kept from being sent (coordinated omission). No request waits for another's answer: when no connection
// is free, one is opened. Argument: what to do, as JSON. Prints what it found, as JSON.
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { percentile } from '../statistics.ts'
import { readAnswer, type Answer } from './read-answer.ts'

export interface RateLoad {
  readonly port: number
  /** A JSON list of requests without bodies, sent one after the other, from the first again. */
  readonly requestsFile: string
  /** Requests per second. */
  readonly rate: number
  readonly seconds: number
  /** Connections that are opened beforehand. */
  readonly connections: number
}

export interface RateReport {
  readonly requests: number
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>
  readonly p50Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  readonly maxMs: number
  /** How late the sender itself was, at p99: what the machine's other work did to it. */
  readonly lateP99Ms: number
  /** Connections that there were in the end. */
  readonly connections: number
}

/** A connection, and the moment of the request that is on its way through it. */
interface Connection {
  readonly socket: Socket
  dueMs: number
}

const work = async (load: RateLoad): Promise<RateReport> => {
  const requests = JSON.parse(readFileSync(load.requestsFile, 'utf8')) as readonly string[]
  const total = load.rate * load.seconds
  const intervalMs = 1000 / load.rate
  const free: Connection[] = []
  const latencies = new Float64Array(total)
  const lateness = new Float64Array(total)
  const statuses: Record<string, number> = {}
  let opened = 0
  let answered = 0
  let sent = 0

  const receive = (connection: Connection, { status }: Answer): void => {
    latencies[answered] = performance.now() - connection.dueMs
    answered += 1
    statuses[status] = (statuses[status] ?? 0) + 1
    free.push(connection)
  }
  const openOne = (): Connection => {
    opened += 1
    return openConnection(load.port, receive)
  }
  const send = (dueMs: number): void => {
    lateness[sent] = performance.now() - dueMs
    const connection = free.pop() ?? openOne()
    connection.dueMs = dueMs
    connection.socket.write(requests[sent % requests.length] ?? '', 'latin1')
    sent += 1
  }

  while (opened < load.connections) free.push(openOne())
  await pause(100)
  const startMs = performance.now()
  const giveUpMs = startMs + load.seconds * 1000 + 10_000
  // Never asleep: a timer's millisecond would be more than what is measured.
  while (answered < total && performance.now() < giveUpMs) {
    while (sent < total && performance.now() >= startMs + sent * intervalMs) {
      send(startMs + sent * intervalMs)
    }
    await turn()
  }
  if (answered < total) {
    throw new Error(`${total - answered} of ${total} requests had no answer 10 s after the last`)
  }
  latencies.sort()
  lateness.sort()
  return {
    requests: total,
    statuses,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    p999Ms: percentile(latencies, 0.999),
    maxMs: percentile(latencies, 1),
    lateP99Ms: percentile(lateness, 0.99),
    connections: opened,
  }
}

const openConnection = (
  port: number,
  receive: (connection: Connection, answer: Answer) => void,
): Connection => {
  let held = ''
  const onread = {
    buffer: Buffer.alloc(16_384),
    callback: (length: number, buffer: Uint8Array): boolean => {
      held += Buffer.from(buffer.buffer, buffer.byteOffset, length).toString('latin1')
      const answer = readAnswer(held)
      if (answer !== undefined) {
        held = held.slice(answer.end)
        receive(connection, answer)
      }
      return true
    },
  }
  const connection: Connection = {
    socket: connect({ port, host: '127.0.0.1', onread }),
    dueMs: 0,
  }
  connection.socket.setNoDelay(true)
  connection.socket.once('close', () => {
    throw new Error('a connection was closed')
  })
  return connection
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const report = await work(JSON.parse(process.argv[2] ?? '') as RateLoad)
process.stdout.write(JSON.stringify(report), () => process.exit())

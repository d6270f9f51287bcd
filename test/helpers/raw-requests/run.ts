// Sends generated raw requests through a gate and holds what its upstream gets against them. The same
// seed makes the same requests; each case can be sent again by itself.
import { createSeededRandom } from '../seeded-random.ts'
import type { WholeRequest } from '../strict-request.ts'
import { draftRequest, serialise, type Tokens } from './draft.ts'
import { createLine, type Line } from './line.ts'
import { framingMutations } from './mutate-framing.ts'
import { headMutations, mutateBytes } from './mutate-head.ts'
import { targetMutations } from './mutate-target.ts'
import { createOracle, idOf, type Oracle } from './oracle.ts'
import { readSent } from './sent.ts'

/** What a gate is to be started before: it answers as `answerCase` says. */
export type OnRequest = (request: WholeRequest) => string

export interface RawRequests {
  /** The upstream's answer to a request that came whole. */
  readonly onRequest: OnRequest
  /** Sends; `only` sends one case. */
  readonly run: (options: RunOptions) => Promise<Report>
}

export interface RunOptions {
  readonly port: number
  /** How many requests at least; some go together in one case. */
  readonly requests: number
  readonly only?: number | undefined
}

export interface Report {
  readonly requests: number
  readonly forwarded: number
  /** Final answers by status. */
  readonly statuses: Readonly<Record<string, number>>
  /** What became of requests that went alone: by mutation, forwarded, refused, cut off. */
  readonly outcomes: ReadonlyMap<string, Outcomes>
  /** Says seed, case and bytes; the first few. */
  readonly faults: readonly string[]
}

export interface Outcomes {
  forwarded: number
  refused: number
  cut: number
}

const mutations = { ...targetMutations, ...framingMutations, ...headMutations }
/** Every mutation's name, and that of none. */
export const mutationNames: readonly string[] = [...Object.keys(mutations), 'bytes', 'honest']

const atOnce = 48
const maxFaults = 5

export const createRawRequests = (seed: number, tokens: Tokens): RawRequests => {
  const oracle = createOracle(tokens)
  const faults: string[] = []
  const note = (what: string): void => {
    if (faults.length < maxFaults) faults.push(what)
  }
  let forwarded = 0
  return {
    onRequest: (request) => {
      forwarded += 1
      const fault = oracle.judge(request)
      if (fault !== '') {
        const [index = ''] = idOf(request).split('.')
        note(
          `${fault}: ${JSON.stringify(request)} of ${show(makeCase(seed, Number(index), tokens))}`,
        )
      }
      const id = idOf(request)
      return `HTTP/1.1 200 OK\r\nX-Case: ${id}\r\nContent-Length: 2\r\n\r\n${request.method === 'HEAD' ? '' : 'ok'}`
    },
    run: async ({ port, requests, only }) => {
      const books = createBooks(oracle)
      let next = only ?? 0
      const isOver = (): boolean =>
        faults.length >= maxFaults || (only === undefined ? books.sent() >= requests : next > only)
      const work = async (line: Line): Promise<void> => {
        while (!isOver()) {
          const each = makeCase(seed, next++, tokens)
          const sent = readSent(each.text)
          oracle.expect(sent.requests)
          books.sending(each)
          const { answers, fault } = await line.say(each.pieces, sent)
          const wrong = answers.find(
            ({ headers }, index) =>
              headers['x-case'] !== undefined && headers['x-case'] !== idOf(sent.requests[index]!),
          )
          const why =
            fault || (wrong === undefined ? '' : `the answer of ${wrong.headers['x-case']}`)
          if (why !== '') note(`${why}: ${show(each)}`)
          books.heard(
            each,
            answers.map(({ status }) => status),
          )
        }
        line.close()
      }
      await Promise.all(Array.from({ length: atOnce }, () => work(createLine(port))))
      return { ...books.report(), forwarded, faults }
    },
  }
}

interface Case {
  readonly index: number
  readonly text: string
  readonly pieces: readonly string[]
  /** Of each request: its id, and what was done to it. */
  readonly parts: readonly { readonly id: string; readonly done: string }[]
}

const show = ({ index, pieces }: Case): string =>
  `RAW_CASE=${index}: ${pieces.map((piece) => JSON.stringify(piece)).join(' + ')}`

/**
 * A few requests that are sent at once, some of them in two pieces. Of many together only the last two
 * may be changed: what comes after a bad one is hardly ever served.
 */
const makeCase = (seed: number, index: number, tokens: Tokens): Case => {
  const random = createSeededRandom(seed ^ Math.imul(index + 1, 0x9e3779b1))
  const { below, pick } = random
  const parts: Case['parts'][number][] = []
  let text = ''
  for (let count = pick([1, 1, 1, 1, 2, 2, 4]); count > 0; count -= 1) {
    const id = `${index}.${count}.${below(2 ** 31).toString(36)}`
    const draft = draftRequest(random, tokens, id, count > 2)
    for (let changes = count > 2 ? 0 : pick([0, 0, 0, 1, 1, 2]); changes > 0; changes -= 1) {
      const name = pick(Object.keys(mutations))
      mutations[name]!(draft, random)
      draft.done.push(name)
    }
    let bytes = serialise(draft)
    if (count < 3 && below(12) === 0) {
      bytes = mutateBytes(bytes, random)
      draft.done.push('bytes')
    }
    text += bytes
    parts.push({
      id,
      done: draft.done.length === 1 ? draft.done[0]! : draft.done.join('+') || 'honest',
    })
  }
  const cut = below(10) === 0 ? below(text.length) : text.length
  return {
    index,
    text,
    pieces: [text.slice(0, cut), text.slice(cut)].filter((each) => each !== ''),
    parts,
  }
}

const createBooks = (oracle: Oracle) => {
  let requests = 0
  const statuses: Record<string, number> = {}
  const outcomes = new Map(
    mutationNames.map((name): [string, Outcomes] => [name, { forwarded: 0, refused: 0, cut: 0 }]),
  )
  return {
    sent: () => requests,
    sending: ({ parts }: Case): void => void (requests += parts.length),
    heard: ({ parts }: Case, heard: readonly number[]): void => {
      for (const status of heard) statuses[status] = (statuses[status] ?? 0) + 1
      const [part, ...others] = parts
      if (part === undefined || others.length > 0) return
      const unseen = heard.length > 0 ? 'refused' : 'cut'
      const became = oracle.reached(part.id) ? 'forwarded' : unseen
      const its = outcomes.get(part.done)
      if (its !== undefined) its[became] += 1
    },
    report: () => ({ requests, statuses, outcomes }),
  }
}

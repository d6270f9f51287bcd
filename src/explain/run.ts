// One request through the very gate that serve runs: its parser, its rules, its forwarder and its
// answers. Only the connections are not real, on either side. It observes, and explains nothing.
import { createGate, createGateServer } from '../gate/gate.ts'
import type { Decision } from '../authorize.ts'
import type { Clock, Logger } from '../core/ports.ts'
import type { RequestFacts } from '../core/request.ts'
import { reportModeOf } from '../core/report-mode.ts'
import type { Settings } from '../core/settings.ts'
import { createMetrics } from '../observe/metrics.ts'
import type { RequestLine } from '../observe/request-log.ts'
import type { RouteTable } from '../routing/table.ts'
import { readyEvent } from '../server/listener.ts'
import { createTokenCache } from '../token/cache.ts'
import { compileDeniedTokens } from '../token/denied-tokens.ts'
import { createKeyLoader } from '../token/key-source.ts'
import { requestText, type Composed } from './asked.ts'
import { createKeysOnDemand, type KeyFetch } from './keys-on-demand.ts'
import { headOf, isWholeAnswer, isWholeHead } from './message.ts'
import { createWire, createWireDial } from './wire.ts'

export interface RunOptions {
  readonly settings: Settings
  readonly table: RouteTable
  readonly clock: Clock
}

/** What the gate made of a request. Messages are as they would be on the wire, a character per byte. */
export interface Run {
  /** Undefined when the request never came to a decision. */
  readonly facts: RequestFacts | undefined
  readonly decision: Decision | undefined
  /** What the log would tell: the last word on why it was refused. */
  readonly line: RequestLine
  /** The issuers that were asked for keys. */
  readonly fetches: readonly KeyFetch[]
  /** The head that the upstream would get; '' when it would get none. */
  readonly sent: string
  /** What the gate would answer by itself; '' when the upstream answers. */
  readonly answer: string
}

/** The peer whose request it is: there is no other at a command line. */
const remoteAddress = '127.0.0.1'

/** Sends a request through a gate. Listens nowhere; reaches nobody but the issuer of its token. */
export const runRequest = async (options: RunOptions, request: Composed): Promise<Run> => {
  const seen: { facts?: RequestFacts; decision?: Decision } = {}
  const over = latch<undefined>()
  const logged = latch<RequestLine>()
  let sent = ''
  let answer = ''
  const client = createWire({
    remoteAddress,
    encrypted: options.settings.listen.tls !== undefined,
    received: (bytes) => {
      answer += bytes.toString('latin1')
      if (isWholeAnswer(answer, request.method)) over.open(undefined)
    },
  })
  client.socket.once('close', () => over.open(undefined))
  const { gate, server, keys } = createQuietGate(options, {
    onLine: logged.open,
    onSent: (bytes) => {
      sent += bytes.toString('latin1')
      if (isWholeHead(sent)) over.open(undefined)
    },
    onFacts: (facts) => {
      seen.facts = facts
    },
    onDecision: (decision) => {
      seen.decision = decision
    },
  })
  server.emit(readyEvent(server), client.socket)
  client.send(Buffer.from(requestText(request), 'latin1'))
  await over.opened
  client.socket.destroy()
  const line = await logged.opened
  keys.keys.stop()
  await gate.forwarder.close()
  const { facts, decision } = seen
  return { facts, decision, line, fetches: keys.fetches(), sent: headOf(sent), answer }
}

interface Observer {
  readonly onLine: (line: RequestLine) => void
  readonly onSent: (bytes: Buffer) => void
  readonly onFacts: (facts: RequestFacts) => void
  readonly onDecision: (decision: Decision) => void
}

/** A gate and its listener, wired as for serve, that counts for nobody and logs to the observer. */
const createQuietGate = ({ settings, table, clock }: RunOptions, observer: Observer) => {
  const keys = createKeysOnDemand({
    issuers: settings.authorizers.flatMap(({ issuers }) => issuers),
    jwks: settings.jwks,
    load: createKeyLoader(settings.jwks),
    clock,
    log: silent,
  })
  const uncounted = { tokenCacheEvicted: ignore }
  const cache = createTokenCache({ ...settings.tokenCache, clock, recorder: uncounted })
  const recorder = createMetrics({
    routes: table.routes,
    authorizers: settings.authorizers.map(({ name }) => name),
    version: '',
    startedMs: clock.wallMs(),
    reportMode: reportModeOf.bind(undefined, settings),
    tokenCache: cache.stats,
    keySets: keys.keys.states,
  })
  const shared = { settings, clock, recorder }
  const dial = createWireDial(observer.onSent)
  const isRevoked = compileDeniedTokens(settings.denyList.tokens)
  const quiet = { ...shared, log: silent, isRevoked }
  const gate = createGate({ ...quiet, table, keys: keys.keys, cache, dial })
  const authorize = async (facts: RequestFacts): Promise<Decision> => {
    observer.onFacts(facts)
    const decision = await gate.authorize(facts)
    observer.onDecision(decision)
    return decision
  }
  const server = createGateServer(
    { ...gate, authorize },
    {
      ...shared,
      log: silent,
      requestLog: { wants: () => true, write: observer.onLine },
      draining: () => false,
    },
  )
  return { gate, server, keys }
}

const ignore = (): void => undefined
const silent: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }

/** A promise and what settles it, once. */
const latch = <T>(): { readonly opened: Promise<T>; readonly open: (value: T) => void } => {
  let open: (value: T) => void = ignore
  const opened = new Promise<T>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

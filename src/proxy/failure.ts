// What it means when the upstream does not give a whole answer: one table from an error's code to
// the refusal and the metric label. It judges errors; it neither counts nor answers.
import { deny, type Denial } from '../core/denial.ts'
import type { UpstreamErrorKind } from '../core/ports.ts'
import { errors } from './undici.ts'

/** Why a request that was permitted got no answer, or no whole one. */
export interface Failure {
  readonly denial: Denial
  /** Label of `upstream_errors_total`; undefined when the fault was not the upstream's. */
  readonly kind: UpstreamErrorKind | undefined
}

/** How far a request had come when it failed. */
export interface FailureStage {
  /** Whether it had been given to an open connection. */
  readonly connected: boolean
  /** Whether the upstream speaks TLS. */
  readonly secure: boolean
}

type Verdict = readonly [Denial['code'], UpstreamErrorKind | undefined]

const noConnection: Verdict = ['upstream_unreachable', 'connect']
const noName: Verdict = ['upstream_unreachable', 'dns']
const noHandshake: Verdict = ['upstream_unreachable', 'tls']
const tooSlowToConnect: Verdict = ['upstream_unreachable', 'timeout']
const tooSlow: Verdict = ['upstream_timeout', 'timeout']
const reset: Verdict = ['upstream_broken', 'reset']
const garbled: Verdict = ['upstream_broken', 'protocol']
const closing: Verdict = ['upstream_unreachable', undefined]
const bug: Verdict = ['internal', undefined]

/** Codes of Node's `net` and `dns` and of undici. Those of TLS are told by their prefix. */
const verdicts: ReadonlyMap<string, Verdict> = new Map([
  ['ECONNREFUSED', noConnection],
  ['EHOSTUNREACH', noConnection],
  ['EHOSTDOWN', noConnection],
  ['ENETUNREACH', noConnection],
  ['ENETDOWN', noConnection],
  ['EADDRNOTAVAIL', noConnection],
  // A unix socket that is not there, not ours to use, or no socket.
  ['ENOENT', noConnection],
  ['EACCES', noConnection],
  ['ENOTSOCK', noConnection],
  // No more file descriptors.
  ['EMFILE', noConnection],
  ['ENFILE', noConnection],
  ['ENOTFOUND', noName],
  ['ETIMEDOUT', tooSlowToConnect],
  ['UND_ERR_CONNECT_TIMEOUT', tooSlowToConnect],
  ['UND_ERR_HEADERS_TIMEOUT', tooSlow],
  ['UND_ERR_BODY_TIMEOUT', tooSlow],
  ['ECONNRESET', reset],
  ['ECONNABORTED', reset],
  ['EPIPE', reset],
  ['UND_ERR_SOCKET', reset],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', garbled],
  ['UND_ERR_HEADERS_OVERFLOW', garbled],
  // What was handed to undici was wrong, before any connection.
  ['UND_ERR_INVALID_ARG', bug],
  ['UND_ERR_NOT_SUPPORTED', bug],
  ['UND_ERR_DESTROYED', closing],
  ['UND_ERR_CLOSED', closing],
])

const prefixes: readonly (readonly [string, Verdict])[] = [
  ['EAI_', noName],
  ['ERR_TLS_', noHandshake],
  ['ERR_SSL_', noHandshake],
]

/** undici's words for an answer out of turn; their code is that of a closed socket. */
const outOfTurn: ReadonlySet<string> = new Set(['bad response', 'bad upgrade'])

/**
 * Classifies an error of a connection to the upstream. Codes that nobody foresaw are a failure to
 * connect as long as there was no connection, and `internal` afterwards.
 */
export const classifyFailure = (error: unknown, stage: FailureStage): Failure => {
  const [code, kind] = verdictOf(error, stage)
  return { denial: deny(code, { cause: error }), kind }
}

/** An answer of the upstream that cannot be passed on. `reason` is for the operator's log. */
export const brokenAnswer = (reason: string, cause?: unknown): Failure => ({
  denial: deny('upstream_broken', { cause: new Error(reason, { cause }) }),
  kind: 'protocol',
})

/** No place for one more request at the upstream. */
export const overloaded = (reason: string): Failure => ({
  denial: deny('upstream_overloaded', { cause: new Error(reason) }),
  kind: 'overload',
})

/** No head of an answer in the time that the route or the upstream has for it. */
export const noAnswerIn = (ms: number): Failure => ({
  denial: deny('upstream_timeout', { cause: new Error(`no answer in ${ms} ms`) }),
  kind: 'timeout',
})

/** The gate itself is closing. */
export const shuttingDown: Failure = {
  denial: deny('upstream_unreachable', { cause: new Error('the gate is shutting down') }),
  kind: undefined,
}

const verdictOf = (error: unknown, stage: FailureStage): Verdict => {
  const verdict = codeVerdict(codeOf(error))
  if (!stage.connected) {
    // A peer that hangs up during the handshake, or shows a certificate that is not believed.
    const handshake = stage.secure && (verdict === undefined || verdict === reset)
    return handshake ? noHandshake : (verdict ?? noConnection)
  }
  return messageVerdict(error) ?? verdict ?? bug
}

const codeVerdict = (code: string): Verdict | undefined =>
  verdicts.get(code) ?? prefixes.find(([prefix]) => code.startsWith(prefix))?.[1]

/** undici's errors whose code is missing (7.30 has none for its parser) or says too little. */
const messageVerdict = (error: unknown): Verdict | undefined => {
  if (error instanceof errors.HTTPParserError) {
    return error.message.includes('Invalid EOF state') ? reset : garbled
  }
  return error instanceof Error && outOfTurn.has(error.message) ? garbled : undefined
}

const codeOf = (error: unknown): string => {
  if (typeof error !== 'object' || error === null) return ''
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : ''
}

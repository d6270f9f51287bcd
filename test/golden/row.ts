// The form of the golden table: one request in one situation, and the answer to it, to the byte. Data
// alone, so that whoever else answers for the gate can be held to the same rows.
import type { DenialCode } from '../../src/core/denial.ts'
import type { TokenName } from './tokens.ts'
import type { UpstreamState } from './upstream.ts'

/** Which gate answers: a REST API, an HTTP API, a REST API with gateway responses, an HTTP API with CORS. */
export type GateName = 'REST' | 'HTTP' | 'custom' | 'cors'

export const gateNames: readonly GateName[] = ['REST', 'HTTP', 'custom', 'cors']

export interface GoldenAnswer {
  readonly status: number
  /**
   * The header lines in their order, but for Content-Length, Date and Connection. `{requestId}` and
   * `{extendedRequestId}` stand for this answer's own, `{seconds}` for a whole number from 1.
   */
  readonly headers: readonly string[]
  /** May hold `{requestId}` and `{extendedRequestId}` too. */
  readonly body: string
}

interface Common {
  /**
   * Number of what is known of API Gateway in issue 4 ("API Gateway, point by point"): 3.1x–3.3x are
   * REST APIs' answers, 3.4x–3.5x gateway responses, 3.6x–3.8x HTTP APIs' answers, 4.x mappings, 5.x
   * CORS. `gate` where API Gateway has no such answer, or a worse one, and this one is the gate's own.
   */
  readonly fact: string
  /** The situation, as a sentence that tells what is special about the request. */
  readonly name: string
  readonly gate: GateName
  /** Null for a request that is not refused. */
  readonly denial: DenialCode | null
  /**
   * The `X-Mapped-…` lines that the upstream gets, in their order; for a request that is forwarded. One
   * with neither this nor a denial is answered by the gate.
   */
  readonly mapped?: readonly string[]
  readonly method: string
  readonly path: string
  /** Besides `Host: gate.example`, and `Connection: close`. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: TokenName
  readonly want: GoldenAnswer
}

/** What a decision alone comes to: method, path and headers say it all. */
export interface DecidedRow extends Common {
  readonly wireOnly?: never
}

/** What takes a connection: limits, framing, time, and the upstream's faults. */
export interface WireRow extends Common {
  readonly wireOnly: true
  /** The bytes that are sent, when method, path and headers do not say it. */
  readonly bytes?: string
  /** As it should be, unless given. */
  readonly upstream?: UpstreamState
}

export type GoldenRow = DecidedRow | WireRow

type Written<Row extends Common> = Omit<Row, 'gate' | 'method'> & { readonly method?: string }

/** A row as it is written down: of a gate's own file, and a GET unless it says otherwise. */
export type WrittenRow = Written<DecidedRow> | Written<WireRow>

export const rowsOf = (gate: GateName, written: readonly WrittenRow[]): readonly GoldenRow[] =>
  written.map((row) => ({ gate, method: 'GET', ...row }))

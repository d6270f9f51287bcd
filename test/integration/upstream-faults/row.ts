// One row of the table of what can go wrong at the upstream, and what comes of it.
import type { TlsOptions } from 'node:tls'
import { certificate, privateKey } from '../../fixtures/upstream-certificate.ts'
import type { Arrival } from '../../helpers/raw-upstream.ts'

export interface FaultRow {
  readonly name: string
  /** What the upstream does when bytes have come; nothing by default. */
  readonly script?: (arrival: Arrival) => void
  readonly tls?: TlsOptions
  /** More of the keys of `upstream`, in YAML's flow style; UPSTREAM is its host and port, CA a file. */
  readonly upstream?: string
  /** One after another, on connections of their own; a GET by default. */
  readonly requests?: readonly string[]
  /** For each request the answer, if it was whole, or `broken` and what came of it. */
  readonly client: readonly string[]
  readonly denial?: string
  /** Label of `upstream_errors_total`. */
  readonly kind?: string
  readonly retries?: number
}

export const usual = "url: 'http://UPSTREAM'"
export const secure = "url: 'https://UPSTREAM'"
export const tls: TlsOptions = { key: privateKey, cert: certificate }

export const get = 'GET /public/a HTTP/1.1\r\nHost: gate\r\nConnection: close\r\n\r\n'
export const post =
  'POST /public/a HTTP/1.1\r\nHost: gate\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi'

export const noAnswer = '504 {"message": "Network error communicating with endpoint"}'

/** Writes these bytes once a head has come. */
export const says =
  (bytes: string, then: (arrival: Arrival) => void = () => undefined) =>
  (arrival: Arrival): void => {
    if (!arrival.text.includes('\r\n\r\n')) return
    arrival.socket.write(bytes, 'latin1')
    then(arrival)
  }

/** Ends the connection with a reset, after what was written has had time to arrive. */
export const resets = ({ socket }: Arrival): void =>
  void setTimeout(() => socket.resetAndDestroy(), 50)

/** Ends the connection in order. */
export const ends = ({ socket }: Arrival): void => void socket.end()

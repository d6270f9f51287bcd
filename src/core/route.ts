// A route: which requests it takes and what they must show. Compiled once by routing/, read by all.
import type { HeaderMapping } from './header-mapping.ts'

/** What a request must show to pass a route. */
export type Access =
  | { readonly kind: 'public' }
  | { readonly kind: 'denied' }
  | {
      readonly kind: 'token'
      /** Name of the authorizer. */
      readonly authorizer: string
      /** Any one of these suffices; empty means none is asked for. */
      readonly scopes: readonly string[]
      /** Any one of these suffices; empty means none is asked for. */
      readonly groups: readonly string[]
      /** Every one of these must hold. */
      readonly claims: readonly RequiredClaim[]
    }

/** Whether what a route asks for is enforced, or only counted and told (`report`). */
export type Enforcement = 'enforce' | 'report'

/** A claim that must have one of the given values, compared as text. */
export interface RequiredClaim {
  readonly name: string
  readonly values: readonly string[]
}

/** An answer that a route gives by itself, without an upstream. */
export interface Mock {
  /** From 200 to 599. */
  readonly statusCode: number
  /** Flat: name, value… */
  readonly headers: readonly string[]
}

export interface Route {
  /** Position in the route table: an index for per-route state such as metric children. */
  readonly index: number
  /** Its own template: `GET /orders/{orderId}`. The only route text in logs and metrics. */
  readonly label: string
  /** An upper-case method, or `ANY`. */
  readonly method: string
  /** The template: `/orders/{orderId}`, or `$default` for every path and method left over. */
  readonly path: string
  readonly access: Access
  /** What becomes of a request that does not show it. Of no meaning without a token. */
  readonly enforcement: Enforcement
  /** Milliseconds to the upstream's response headers; undefined takes the upstream's own. */
  readonly responseTimeoutMs: number | undefined
  /** Whether `%2F` may stand inside a segment of the path. */
  readonly allowEncodedSlash: boolean
  /** What becomes of headers on the way to the upstream. */
  readonly requestParameters: readonly HeaderMapping[]
  /** The answer to what the route permits; undefined forwards it. */
  readonly mock: Mock | undefined
}

/**
 * Stands for a route where a request is let pass although no route takes it. Its index is that of no
 * table.
 */
export const unmatchedRoute: Route = {
  index: -1,
  label: 'none',
  method: 'ANY',
  path: '',
  access: { kind: 'public' },
  enforcement: 'report',
  responseTimeoutMs: undefined,
  allowEncodedSlash: false,
  requestParameters: [],
  mock: undefined,
}

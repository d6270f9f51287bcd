// The id that a request goes by, in its answer, in the log and at the upstream: one of our own in the
// form that API Gateway's have, or the one that a trusted proxy gave it.
import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Settings } from '../core/settings.ts'
import { createTrust } from '../proxy/forwarded.ts'
import { peerAddress } from './facts.ts'

/** Gives a request its id. The same request asked for twice gets two, unless it brings its own. */
export type RequestIds = (request: IncomingMessage) => string

/**
 * Makes an id of API Gateway's form: a UUID for a REST API; for an HTTP API 15 base64 characters and
 * `=`, which are 88 random bits.
 */
export const makeRequestId = {
  REST: () => randomUUID(),
  HTTP: () => randomBytes(11).toString('base64'),
} satisfies Record<Settings['apiType'], () => string>

/**
 * Makes the source of ids.
 *
 * @param trustedProxies - CIDRs of peers whose `X-Request-Id` is taken over, if there is exactly one
 *   and it is short and plain: it goes into header lines and log lines
 */
export const createRequestIds = (
  trustedProxies: readonly string[],
  apiType: Settings['apiType'],
): RequestIds => {
  const isTrusted = createTrust(trustedProxies)
  const makeId = makeRequestId[apiType]
  if (trustedProxies.length === 0) return makeId
  return (request) => {
    const trusted = isTrusted(peerAddress(request.socket.remoteAddress))
    return (trusted ? givenId(request.rawHeaders) : undefined) ?? makeId()
  }
}

const givenId = (rawHeaders: readonly string[]): string | undefined => {
  const given: string[] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === 'x-request-id')
      given.push(String(rawHeaders[index + 1]))
  }
  const [first] = given
  return given.length === 1 && first !== undefined && isPlain(first) ? first : undefined
}

const isPlain = (id: string): boolean => /^[A-Za-z0-9._~:@+/=-]{1,128}$/.test(id)

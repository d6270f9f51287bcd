// A route's `mock`: what the gate answers by itself. Names and values are checked here, since a header
// that Node refuses to write would break the connection of every client.
import type { Mock } from '../core/route.ts'
import type { RouteEntry } from './entries.ts'
import { checkHeaderName, checkHeaderValue, namesOf } from './headers.ts'
import { keyPath, type Report } from './problem.ts'

/** The mock of a route; undefined for a route that forwards, and beside a problem. */
export const mockOf = (
  { origin, values, isMock }: RouteEntry,
  report: Report,
): Mock | undefined => {
  if (!isMock) return undefined
  const { statusCode, headers } = values.mock
  const at = keyPath(origin, 'mock')
  if (values.responseTimeoutMs !== null) {
    report(
      at,
      'stands beside responseTimeoutMs, but a mock waits for nothing; leave one of them out',
    )
  }
  if (Object.keys(values.requestParameters).length > 0) {
    report(at, 'stands beside requestParameters, but a mock sends nothing; leave one of them out')
  }
  const place = keyPath(at, 'headers')
  for (const { name, at: header } of namesOf(headers, place)) {
    checkHeaderName(name, 'answer', header, report)
    checkHeaderValue(String(headers[name]), header, report)
  }
  if (statusCode !== null) return { statusCode, headers: Object.entries(headers).flat() }
  report(keyPath(at, 'statusCode'), 'is missing; give one from 200 to 599')
  return undefined
}

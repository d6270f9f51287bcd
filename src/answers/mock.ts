// The answer of a route that answers by itself, as a mock integration of API Gateway does: a status,
// headers and no body. Whether it is given is decided elsewhere.
import type { Answer } from '../core/answer.ts'
import type { Mock } from '../core/route.ts'
import type { Settings } from '../core/settings.ts'
import { requestIdHeaders } from './request-ids.ts'

/**
 * Makes the function that gives a mock route's answer to one request, with the ids that API Gateway
 * puts on every answer. An answer without a `Content-Type` gets API Gateway's, `application/json`.
 */
export const createMockAnswer =
  (apiType: Settings['apiType']) =>
  ({ statusCode, headers }: Mock, requestId: string): Answer => ({
    status: statusCode,
    headers: [
      ...(hasContentType(headers) ? [] : ['Content-Type', 'application/json']),
      ...headers,
      ...requestIdHeaders(apiType, requestId),
    ],
    body: '',
  })

const hasContentType = (headers: readonly string[]): boolean =>
  headers.some((text, index) => index % 2 === 0 && text.toLowerCase() === 'content-type')

// The ids that API Gateway puts on what it answers itself, so that a client's report can be found in
// the log. The request's own id is made elsewhere; the second one of REST APIs follows from it.
import { createHash } from 'node:crypto'
import type { Settings } from '../core/settings.ts'

/**
 * `$context.extendedRequestId`: 15 characters and `=`, always the same for a request's id. Of an id of
 * our own it is the first 11 bytes; one that was given to us may be of any form.
 */
export const extendedRequestId = (requestId: string): string => {
  const digits = requestId.replaceAll('-', '')
  const bytes = Buffer.from(digits.length === 32 ? digits.slice(0, 22) : '', 'hex')
  if (bytes.length === 11) return bytes.toString('base64')
  return createHash('sha256').update(requestId).digest().subarray(0, 11).toString('base64')
}

/** The id headers of an answer, flat: `x-amzn-RequestId` and `x-amz-apigw-id`, or `apigw-requestid`. */
export const requestIdHeaders = (
  apiType: Settings['apiType'],
  requestId: string,
): readonly string[] =>
  apiType === 'REST'
    ? ['x-amzn-RequestId', requestId, 'x-amz-apigw-id', extendedRequestId(requestId)]
    : ['apigw-requestid', requestId]

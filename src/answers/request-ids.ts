// The ids that API Gateway puts on what it answers itself, so that a client's report can be found in
// the log. The request's own id is made elsewhere; the second one of REST APIs follows from it.
import { createHash } from 'node:crypto'
import type { Settings } from '../core/settings.ts'

/**
 * `$context.extendedRequestId`: 15 characters and `=`, always the same for a request's id. Of an id of
 * our own it is the first 11 bytes; one that was given to us may be of any form.
 */
export const extendedRequestId = (requestId: string): string =>
  firstBytes(requestId) ??
  createHash('sha256').update(requestId).digest().subarray(0, 11).toString('base64')

/**
 * The first 11 bytes of a UUID as we make them, in base64: seven times three digits, and one. Undefined
 * for other ids. By way of buffers it takes four times as long, and every refusal has one.
 */
const firstBytes = (id: string): string | undefined => {
  if (id.length !== 36 || id[8] !== '-' || id[13] !== '-' || id[18] !== '-' || id[23] !== '-')
    return undefined
  const a = threeDigits(id, 0, 1, 2)
  const b = threeDigits(id, 3, 4, 5)
  const c = threeDigits(id, 6, 7, 9)
  const d = threeDigits(id, 10, 11, 12)
  const e = threeDigits(id, 14, 15, 16)
  const f = threeDigits(id, 17, 19, 20)
  const g = threeDigits(id, 21, 22, 24)
  const last = digitAt(id, 25)
  if ((a | b | c | d | e | f | g | last) < 0) return undefined
  // prettier-ignore
  return String.fromCharCode(
    letter(a >> 6), letter(a), letter(b >> 6), letter(b), letter(c >> 6), letter(c),
    letter(d >> 6), letter(d), letter(e >> 6), letter(e), letter(f >> 6), letter(f),
    letter(g >> 6), letter(g), letter(last << 2), equalsSign,
  )
}

/** The number that three hexadecimal digits are; negative when one is none. */
const threeDigits = (text: string, first: number, second: number, third: number): number =>
  (digitAt(text, first) << 8) | (digitAt(text, second) << 4) | digitAt(text, third)

/** Of a lower-case hexadecimal digit; -1 for all else. */
const digitAt = (text: string, index: number): number => {
  const code = text.charCodeAt(index)
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1
}

/** The code of the character that the last six bits are in base64. */
const letter = (bits: number): number => letters[bits & 63] as number

const letters: Readonly<Uint8Array> = Buffer.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
)
const equalsSign = 0x3d

/** The id headers of an answer, flat: `x-amzn-RequestId` and `x-amz-apigw-id`, or `apigw-requestid`. */
export const requestIdHeaders = (
  apiType: Settings['apiType'],
  requestId: string,
): readonly string[] =>
  apiType === 'REST'
    ? ['x-amzn-RequestId', requestId, 'x-amz-apigw-id', extendedRequestId(requestId)]
    : ['apigw-requestid', requestId]

// Says in words why `parseTarget` refuses a request-target as ambiguous. For people only: it asks the
// same questions once more, and no request waits for the answer.
import { cutParameters } from './fold.ts'
import { decodeUtf8, hasHazardousCharacter, hasOnlyTargetBytes, isOneSegment } from './target.ts'

/**
 * The rule that a target breaks, as the end of the sentence "it is ambiguous: …". Undefined exactly
 * when `parseTarget` does not refuse it as ambiguous. It never quotes the query.
 *
 * @param raw - the target as received, one character per byte
 */
export const explainTarget = (raw: string): string | undefined => {
  if (!raw.startsWith('/')) return 'it does not begin with "/"; only a path from the root is taken'
  const at = firstBadByte(raw)
  if (at !== undefined) {
    return `${byteName(raw.charCodeAt(at))} at position ${at + 1} must be escaped`
  }
  const [path = ''] = raw.split('?', 1)
  const parts = path.slice(1).split('/')
  for (const [index, part] of parts.entries()) {
    const fault = faultOf(part) ?? (index < parts.length - 1 ? emptiness(part) : undefined)
    if (fault !== undefined) return `segment ${index + 1} ${fault}`
  }
  return undefined
}

const firstBadByte = (raw: string): number | undefined => {
  for (let index = 0; index < raw.length; index += 1) {
    if (!hasOnlyTargetBytes(raw.charAt(index))) return index
  }
  return undefined
}

const byteName = (code: number): string =>
  code === 0x23 ? '"#"' : `the byte 0x${code.toString(16).toUpperCase().padStart(2, '0')}`

const faultOf = (part: string): string | undefined => {
  const decoded = decodeUtf8(part)
  if (decoded === undefined) return 'has an escape that is broken or is not UTF-8'
  if (hasHazardousCharacter(decoded)) {
    return 'holds an escaped control character, or an escape that a second decode would resolve'
  }
  if (isOneSegment(decoded)) return undefined
  if (decoded.includes('\\')) return 'holds a backslash'
  return decoded.includes('/')
    ? 'holds %2F after a ";", or beside nothing, "." or ".."'
    : 'is "." or ".." once decoded and cut at ";"'
}

const emptiness = (part: string): string | undefined => {
  if (part === '') return 'is empty'
  return cutParameters(decodeUtf8(part) as string) === '' ? 'is empty once cut at ";"' : undefined
}

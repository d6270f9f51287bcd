// Max-Forwards: how many more intermediaries an OPTIONS request may pass (RFC 9110 §7.6.2), and the
// answer of the last one. Other methods may ignore it, and TRACE is never forwarded.
import type { RequestFacts } from '../core/request.ts'
import type { Exchange } from './exchange.ts'
import { endAnswer } from './response.ts'

/** Hops that the request may still make; undefined when it does not say so in one plain number. */
export const hopsLeft = ({
  method,
  rawHeaders,
}: Pick<RequestFacts, 'method' | 'rawHeaders'>): number | undefined => {
  if (method !== 'OPTIONS') return undefined
  const [value = '', ...others] = rawHeaders.filter((_, index) => isValue(rawHeaders, index))
  return others.length === 0 && /^\d{1,15}$/.test(value) ? Number(value) : undefined
}

/** The header lines with one hop less than `hops`. */
export const oneHopFewer = (rawHeaders: readonly string[], hops: number): readonly string[] =>
  rawHeaders.map((text, index) => (isValue(rawHeaders, index) ? String(hops - 1) : text))

/** Answers as the last recipient, which has nothing to say of itself. A body is not read. */
export const answerAsLast = (exchange: Exchange): void => {
  const { response, facts } = exchange
  if (facts.hasBody) response.shouldKeepAlive = false
  response.writeHead(200, ['Content-Length', '0'])
  if (facts.hasBody) endAnswer(exchange)
  else response.end()
}

const isValue = (rawHeaders: readonly string[], index: number): boolean =>
  index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'max-forwards'

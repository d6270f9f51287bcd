// When a refused client may come again: the same header for REST and HTTP APIs.
import type { Denial } from '../core/denial.ts'

/**
 * `Retry-After` for a refusal that time can mend, flat; else nothing. Whole seconds, at least 1:
 * RFC 9110 §10.2.3 knows no fractions, and 0 would invite a storm.
 */
export const retryAfterHeader = ({ code, retryAfterSeconds = 1 }: Denial): readonly string[] =>
  code === 'keys_unavailable'
    ? ['Retry-After', String(Math.max(1, Math.ceil(retryAfterSeconds)))]
    : []

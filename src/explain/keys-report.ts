// What came of asking issuers for keys, in an operator's words.
import { describeError, type ErrorFields } from '../observe/describe-error.ts'
import type { KeyFetch } from './keys-on-demand.ts'
import { shown } from './shown.ts'

export interface KeysReport {
  readonly issuer: string
  readonly outcome: 'fetched' | 'failed'
  readonly ms: number
  /** Names of the keys; empty when the fetch failed. */
  readonly kids: readonly string[]
  /** Why members of the key set were passed over. */
  readonly skipped: readonly string[]
  readonly error: string | null
}

/** Most names, and most remarks, that are taken from a key set. */
const maxItems = 20

export const describeFetch = ({ issuer, ms, set, error }: KeyFetch): KeysReport => ({
  issuer,
  outcome: set === undefined ? 'failed' : 'fetched',
  ms: Math.round(ms),
  kids: [...(set?.keys.keys() ?? [])].slice(0, maxItems).map(shown),
  skipped: (set?.skipped ?? []).slice(0, maxItems).map(shown),
  error: set === undefined ? errorText(error) : null,
})

/** An error or a cause on one line: what it says, and what that came from. */
export const errorText = (error: unknown): string => wordsOf(describeError(error)).join(': ')

const wordsOf = ({ message, code, cause, errors = [] }: ErrorFields): readonly string[] => [
  ...(message === '' ? [String(code ?? 'an error without words')] : [message]),
  ...(cause === undefined ? [] : wordsOf(cause)),
  ...errors.flatMap(wordsOf),
]

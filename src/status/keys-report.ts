// The state of every authorizer's keys, in words for whoever has to mend them.
import type { KeySetReport } from '../core/ports.ts'
import type { AuthorizerSettings } from '../core/settings.ts'
import { describeError, type ErrorFields } from '../observe/describe-error.ts'
import type { KeysReport } from './report.ts'

/** One entry for each issuer of each authorizer. `nowMs` is the wall clock's. */
export const reportKeys = (
  authorizers: readonly AuthorizerSettings[],
  keySets: ReadonlyMap<string, KeySetReport>,
  nowMs: number,
): readonly KeysReport[] =>
  authorizers.flatMap(({ name, type, issuers }) =>
    issuers.map(({ issuer, keys }) => {
      const set = keySets.get(issuer) ?? noKeys
      return {
        authorizer: name,
        type,
        issuer,
        source: keys.kind,
        state: stateOf(set),
        keys: set.keys,
        ageSeconds:
          set.lastSuccessSeconds === 0
            ? null
            : Math.max(0, Math.floor(nowMs / 1000) - set.lastSuccessSeconds),
        nextFetchSeconds: Math.ceil(set.nextFetchMs / 1000),
        lastError: set.lastError === undefined ? null : errorText(describeError(set.lastError)),
      }
    }),
  )

/** Of an issuer that is asked for nothing yet. */
const noKeys: KeySetReport = {
  keys: 0,
  lastSuccessSeconds: 0,
  stale: false,
  nextFetchMs: 0,
  lastError: undefined,
}

const stateOf = (set: KeySetReport): KeysReport['state'] => {
  if (set.lastSuccessSeconds === 0) return 'waiting'
  if (set.keys === 0) return 'expired'
  if (set.stale) return 'stale'
  return set.lastError === undefined ? 'fresh' : 'failing'
}

const maxErrorLength = 300

/** In one line: what it says, with its code, then what caused it. */
const errorText = (fields: ErrorFields): string =>
  wordsOf(fields).join(': ').slice(0, maxErrorLength)

const wordsOf = ({ message, code, cause, errors }: ErrorFields): readonly string[] => {
  // An AggregateError may say nothing by itself.
  const own = [message, code === undefined || message.includes(String(code)) ? '' : `(${code})`]
  const next = cause ?? errors?.[0]
  const text = own.filter((part) => part !== '').join(' ')
  return [...(text === '' ? [] : [text]), ...(next === undefined ? [] : wordsOf(next))]
}

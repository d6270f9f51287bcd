// What only a restart can change: whatever is bound, or fixed in Node's servers or in the cache when they
// are made. A reload that changes one of these is refused as a whole, and told which.
import type { Settings } from '../core/settings.ts'

type Word = string | number

/** By key, what is compared, in words fit for a message. */
const fixed: Readonly<Record<string, (settings: Settings) => Word>> = {
  // Answers, ids of requests and cached headers are all of one kind.
  apiType: ({ apiType }) => apiType,
  'listen.host': ({ listen }) => listen.host,
  'listen.port': ({ listen }) => listen.port,
  'listen.tls': ({ listen }) => onOff(listen.tls !== undefined),
  'listen.tls.clientCaFile': ({ listen }) => onOff(listen.tls?.clientCa !== undefined),
  'admin.host': ({ admin }) => admin.host,
  'admin.port': ({ admin }) => admin.port,
  'decision.enabled': ({ decision }) => onOff(decision.enabled),
  // Of a listener that there is not, any address will do.
  'decision.host': ({ decision }) => (decision.enabled ? decision.host : ''),
  'decision.port': ({ decision }) => (decision.enabled ? decision.port : ''),
  'statusPage.enabled': ({ statusPage }) => onOff(statusPage.enabled),
  'statusPage.host': ({ statusPage }) => (statusPage.enabled ? statusPage.host : ''),
  'statusPage.port': ({ statusPage }) => (statusPage.enabled ? statusPage.port : ''),
  'limits.maxHeaderBytes': ({ limits }) => limits.maxHeaderBytes,
  'limits.headersTimeoutMs': ({ limits }) => limits.headersTimeoutMs,
  'tokenCache.maxBytes': ({ tokenCache }) => tokenCache.maxBytes,
}

const onOff = (value: boolean): Word => (value ? 'on' : 'off')

/** The keys, for the documentation. */
export const restartKeys: readonly string[] = Object.keys(fixed)

/** One line for each key that differs; empty when a reload can go from the one to the other. */
export const restartFaults = (before: Settings, after: Settings): readonly string[] => {
  const differing = Object.entries(fixed)
    .map(([key, valueOf]) => ({ key, from: valueOf(before), to: valueOf(after) }))
    .filter(({ from, to }) => from !== to)
  // What belongs to a part that comes or goes needs no line of its own.
  const isPart = (key: string): boolean =>
    differing.some((other) => isWhole(other.key, key) && other.key !== key)
  return differing
    .filter(({ key }) => !isPart(key))
    .map(({ key, from, to }) => `${key} needs a restart (from ${from} to ${to})`)
}

const isWhole = (whole: string, key: string): boolean =>
  key.startsWith(`${whole}.`) || (whole.endsWith('.enabled') && sectionOf(key) === sectionOf(whole))

const sectionOf = (key: string): string => key.slice(0, key.indexOf('.'))

// The header names that speak of one connection and not of the message (RFC 9110 §7.6.1): they are
// never copied from one side to the other. It knows names; it removes nothing.

/** Lower-case names. Those of RFC 9110, RFC 7540 §3.2.1 and what older software sends. */
const hopByHopNames: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'proxy-authenticate',
  'proxy-authorization',
  'http2-settings',
])

const lengths: ReadonlySet<number> = new Set([...hopByHopNames].map((name) => name.length))

/** Whether a name is as long as one of them: the others need no lower-casing to be told apart. */
export const isAsLongAsHopByHop = ({ length }: string): boolean => lengths.has(length)

/** Whether a header belongs to the connection it came by. `lowerName` is in lower case. */
export const isHopByHop = (lowerName: string): boolean => hopByHopNames.has(lowerName)

/** Lower-case names that a `Connection` field value lists; empty members are skipped. */
export const parseConnectionOptions = (value: string): readonly string[] =>
  value
    .toLowerCase()
    .split(',')
    .map((option) => option.trim())
    .filter((option) => option !== '')

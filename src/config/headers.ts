// Which header names and values a configuration may use for what. Names are compared by the form
// that CGI, WSGI and PHP read: lower-case, everything but letters and digits as '_'.
import { foldHeaderName } from '../core/header-name.ts'
import { keyPath, shown, type Report } from './problem.ts'

/**
 * What a configured name is for: a claim's header, a fixed upstream header, the target of a route's
 * mapping, the header of an answer, or a name of the client's to read, remove or let through.
 */
export type HeaderUse = 'claim' | 'upstream' | 'mapping' | 'answer' | 'client'

/** Framing, hop-by-hop and routing (RFC 9110 §7.6.1): these belong to the connection. */
const connection: readonly string[] = [
  'connection',
  'keep_alive',
  'proxy_connection',
  'proxy_authenticate',
  'proxy_authorization',
  'te',
  'trailer',
  'transfer_encoding',
  'upgrade',
  'http2_settings',
  'host',
  'expect',
  'content_length',
]

/** The gate writes these itself, or removes them whoever sends them. */
const gate = /^(?:x_forwarded_.*|forwarded|x_request_id|x_gate_.*|proxy|content_.*)$/

/** Of these, the ones that the gate writes on every request, or that nobody may. */
const gateAlone = /^(?:x_forwarded_(?:for|proto|host)|forwarded|x_request_id|x_gate_.*|proxy)$/

/** The ids that the gate puts on its answers. */
const requestIds = /^(?:x_amzn_requestid|x_amz_apigw_id|apigw_requestid)$/

const credentials: readonly string[] = ['authorization', 'cookie']

const kept: Readonly<Record<HeaderUse, RegExp | undefined>> = {
  claim: gate,
  upstream: gate,
  mapping: gateAlone,
  answer: requestIds,
  client: undefined,
}

/** Reports a name that is no header name (RFC 9110 §5.1) or not to be had for this use. */
export const checkHeaderName = (name: string, use: HeaderUse, at: string, report: Report): void => {
  if (!/^[\w!#$%&'*+.^`|~-]{1,128}$/.test(name)) {
    report(at, `${shown(name)} is not a header name`)
    return
  }
  const fold = foldHeaderName(name)
  if (connection.includes(fold)) {
    report(at, `${name} belongs to the connection and cannot be used here`)
  } else if (kept[use]?.test(fold) === true) {
    report(at, `${name} is kept for the gate or for the body; choose another name`)
  } else if (use === 'claim' && credentials.includes(fold)) {
    report(at, `${name} carries credentials; choose another name for a claim`)
  }
}

/** Reports a value that cannot stand on a header line. The value itself is not shown. */
export const checkHeaderValue = (value: string, at: string, report: Report): void => {
  if (!/^[\x20-\x7e]*$/.test(value)) report(at, 'a header value is plain ASCII without controls')
}

/** Reports names of one set that an upstream could take for each other. */
export const checkDistinct = (
  names: readonly { readonly name: string; readonly at: string }[],
  report: Report,
): void => {
  const seen = new Map<string, string>()
  for (const { name, at } of names) {
    const other = seen.get(foldHeaderName(name))
    if (other === undefined) seen.set(foldHeaderName(name), at)
    else report(at, `an upstream may read ${name} as the same name as ${other}`)
  }
}

/** The names of a header map with their places. */
export const namesOf = (
  map: Readonly<Record<string, unknown>>,
  at: string,
): readonly { readonly name: string; readonly at: string }[] =>
  Object.keys(map).map((name) => ({ name, at: keyPath(at, name) }))

// The one upstream behind the gate: where most operations go. An operation that goes elsewhere cannot
// be forwarded, as its requests would arrive at a service that they were not meant for.
import type { Destination } from './destination.ts'
import type { ExportNote } from '../core/exported-api.ts'
import { shown } from '../core/shown.ts'
import { holdsStageVariable } from './uri.ts'

/** A destination and the pointer of the integration that names it. */
export interface Sender {
  readonly destination: Destination
  readonly pointer: string
}

export interface Backend {
  readonly chosen: Destination
  /** A value for `upstream.url`; undefined when the export does not know it. */
  readonly upstreamUrl: string | undefined
  readonly notes: readonly ExportNote[]
}

/** Where most go: most to its host first, then most under its prefix; the first of equals. */
export const backendOf = (senders: readonly Sender[]): Backend | undefined => {
  const place = mostOf(senders, placeOf)
  const chosen = mostOf(place, ({ destination }) => destination.prefix)[0]
  if (chosen === undefined) return undefined
  const { destination } = chosen
  const url = `${destination.host}${destination.prefix}`
  const isUrl = destination.kind === 'url' && !holdsStageVariable(url)
  return {
    chosen: destination,
    upstreamUrl: isUrl ? url : undefined,
    notes: notesOf(chosen, isUrl),
  }
}

/** Why a destination is not the upstream; undefined when it is. */
export const faultOfDestination = (
  { host, route, prefix }: Destination,
  { chosen }: Backend,
): string | undefined => {
  if (host !== chosen.host) return `goes to ${shown(host)}, but most go to ${shown(chosen.host)}`
  if (route !== chosen.route) return `goes to ${shown(host)} by another connection than most`
  if (prefix !== chosen.prefix) {
    return `puts ${shown(prefix)} in front of the path, but most put ${shown(chosen.prefix)} there`
  }
  return undefined
}

const placeOf = ({ destination: { host, route } }: Sender): string => `${host}\n${route}`

const mostOf = (
  senders: readonly Sender[],
  keyOf: (sender: Sender) => string,
): readonly Sender[] => {
  const groups = new Map<string, Sender[]>()
  for (const sender of senders) {
    const key = keyOf(sender)
    groups.set(key, [...(groups.get(key) ?? []), sender])
  }
  // Sorting is stable, so the first of equals stays the first.
  const [most = []] = [...groups.values()].sort((one, other) => other.length - one.length)
  return most
}

const notesOf = ({ destination, pointer }: Sender, isUrl: boolean): readonly ExportNote[] => {
  const note = (message: string): readonly ExportNote[] => [{ pointer, message, effect: 'note' }]
  if (destination.kind === 'lambda') {
    return note(
      'Lambda functions are replaced by the service at upstream.url, for every path that is open',
    )
  }
  if (destination.kind === 'load balancer') {
    return note(`upstream.url must lead to ${shown(destination.host)}${withPath(destination)}`)
  }
  const { host, prefix } = destination
  if (!isUrl) return note(`upstream.url must say what ${shown(host + prefix)} stands for`)
  return destination.route.startsWith('INTERNET')
    ? []
    : note('the address is reached through a VPC link; the gate must be able to reach upstream.url')
}

const withPath = ({ prefix }: Destination): string =>
  prefix === '' ? '' : `, with the path ${shown(prefix)}`

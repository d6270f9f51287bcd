// What of an integration is not carried over, though its requests are.
import type { ExportNote } from '../core/exported-api.ts'
import { entriesOf, isGiven, own, type PlainMap } from './plain.ts'
import { shown } from '../core/shown.ts'
import { below } from './pointer.ts'

/** Notes on an integration of the type, which is in lower case. */
export const integrationNotes = (
  integration: PlainMap,
  pointer: string,
  type: string,
): readonly ExportNote[] => {
  const notes: ExportNote[] = []
  const note = (key: string, effect: ExportNote['effect'], message: string): void => {
    notes.push({ pointer: below(pointer, key), message, effect })
  }
  if (!type.endsWith('_proxy')) {
    note(
      'type',
      'note',
      `${shown(type)} is not a proxy integration: the gate passes the whole request and the whole answer, whatever the mappings of responses say`,
    )
  } else if (mapsResponses(integration)) {
    note('responses', 'dropped', 'answers are not mapped; they pass as the upstream gives them')
  }
  if (isGiven(own(integration, 'responseParameters'))) {
    note(
      'responseParameters',
      'dropped',
      'answers are not mapped; they pass as the upstream gives them',
    )
  }
  if (isGiven(own(integration, 'contentHandling'))) {
    note('contentHandling', 'dropped', 'bodies are not converted')
  }
  if (isGiven(own(integration, 'cacheKeyParameters'))) {
    note('cacheKeyParameters', 'dropped', 'answers are not cached')
  }
  const timeout = own(integration, 'timeoutInMillis')
  if (isGiven(timeout) && !isTimeout(timeout)) {
    note('timeoutInMillis', 'dropped', `${shown(timeout)} is no time-out from 1 to 3600000`)
  }
  if (own(own(integration, 'tlsConfig'), 'insecureSkipVerification') === true) {
    note(
      'tlsConfig',
      'note',
      'the certificate of the upstream is verified here; give upstream.tls.caFile if its authority is a private one',
    )
  }
  return notes
}

/** Whether a value can be a route's responseTimeoutMs. */
export const isTimeout = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 3_600_000

const mapsResponses = (integration: PlainMap): boolean =>
  entriesOf(own(integration, 'responses')).some(
    ([, response]) =>
      isGiven(own(response, 'responseParameters')) ||
      entriesOf(own(response, 'responseTemplates')).some(([, template]) => isGiven(template)),
  )

// Mock integrations, as far as their answer is always the same: a status and literal headers. This is
// how REST APIs answer CORS preflights.
import { fail, ok, type Result } from '../core/result.ts'
import type { ExportNote, ExportFault } from '../core/exported-api.ts'
import { entriesOf, isGiven, own, type PlainMap } from './plain.ts'
import { shown } from '../core/shown.ts'
import { below } from './pointer.ts'

export interface Mock {
  /** A route's `mock`. */
  readonly settings: PlainMap
  readonly notes: readonly ExportNote[]
}

/** What the mock integration at `pointer` always answers, or why that cannot be said. */
export const mockOf = (integration: PlainMap, pointer: string): Result<Mock, ExportFault> => {
  const templates = own(integration, 'requestTemplates')
  const selected = statusOfTemplates(templates)
  if (selected === undefined) {
    const message = 'is a mock whose status is not a constant, and VTL is not evaluated here'
    return fail({ pointer: below(pointer, 'requestTemplates'), message })
  }
  const key = responseKey(own(integration, 'responses'), selected)
  const responses = below(pointer, 'responses')
  if (key === undefined) {
    return fail({ pointer: responses, message: `is a mock without a plain answer for ${selected}` })
  }
  return answerOf(own(own(integration, 'responses'), key), below(responses, key))
}

/** The one status that all templates ask for. The console writes JSON; other tools leave quotes out. */
const statusOfTemplates = (templates: unknown): string | undefined => {
  const statuses = entriesOf(templates).map(([, text]) =>
    typeof text === 'string' ? statusOfTemplate(text) : undefined,
  )
  const [status] = statuses
  return statuses.every((other) => other === status) ? status : undefined
}

const statusOfTemplate = (text: string): string | undefined => {
  const bare = /^\s*\{\s*['"]?statusCode['"]?\s*:\s*['"]?(\d{3})['"]?\s*\}\s*$/.exec(text)?.[1]
  if (bare !== undefined || /[$#]/.test(text)) return bare
  try {
    const status = String(own(JSON.parse(text), 'statusCode'))
    return /^\d{3}$/.test(status) ? status : undefined
  } catch {
    return undefined
  }
}

/** Keys are regular expressions for the status; those that are plain texts can be told apart. */
const responseKey = (responses: unknown, status: string): string | undefined => {
  const keys = entriesOf(responses).map(([key]) => key)
  if (keys.includes(status)) return status
  const arePlain = keys.every((key) => key === 'default' || /^\d{3}$/.test(key))
  return arePlain && keys.includes('default') ? 'default' : undefined
}

const answerOf = (response: unknown, pointer: string): Result<Mock, ExportFault> => {
  const status = String(own(response, 'statusCode'))
  if (!/^[2-5]\d\d$/.test(status)) {
    const message = `answers ${shown(own(response, 'statusCode'))}, which is no status from 200 to 599`
    return fail({ pointer: below(pointer, 'statusCode'), message })
  }
  const headers = headersOf(
    own(response, 'responseParameters'),
    below(pointer, 'responseParameters'),
  )
  if (!headers.ok) return headers
  const notes = bodyNotes(own(response, 'responseTemplates'), below(pointer, 'responseTemplates'))
  if (!notes.ok) return notes
  const isEmpty = Object.keys(headers.value).length === 0
  return ok({
    settings: { statusCode: Number(status), ...(isEmpty ? {} : { headers: headers.value }) },
    notes: notes.value,
  })
}

const headersOf = (
  parameters: unknown,
  pointer: string,
): Result<Record<string, string>, ExportFault> => {
  const headers: [string, string][] = []
  for (const [key, value] of entriesOf(parameters)) {
    const name = /^method\.response\.header\.(.+)$/.exec(key)?.[1]
    const text = typeof value === 'string' ? /^'([^']*)'$/.exec(value)?.[1] : undefined
    if (name === undefined || text === undefined) {
      const message = `maps ${shown(key)} to ${shown(value)}; of a mock only literal headers are carried over`
      return fail({ pointer: below(pointer, key), message })
    }
    headers.push([name, text])
  }
  return ok(Object.fromEntries(headers))
}

/** A mock of the gate has no body, so a constant one is lost; one that is computed may be anything. */
const bodyNotes = (
  templates: unknown,
  pointer: string,
): Result<readonly ExportNote[], ExportFault> => {
  const bodies = entriesOf(templates).filter(([, text]) => isGiven(text))
  const computed = bodies.find(([, text]) => typeof text !== 'string' || /[$#]/.test(text))
  if (computed !== undefined) {
    const message = 'is a template, and VTL is not evaluated here'
    return fail({ pointer: below(pointer, computed[0]), message })
  }
  const message = 'the body of the mock is not carried over; the answer has none'
  return ok(bodies.length === 0 ? [] : [{ pointer, message, effect: 'dropped' }])
}

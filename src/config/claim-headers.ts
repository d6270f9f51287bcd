// Maps of claim headers as a configuration gives them.
import type { ClaimHeaderMap } from '../core/settings.ts'
import { checkDistinct, checkHeaderName, namesOf } from './headers.ts'
import type { Report } from './problem.ts'

/** The map with its names checked, and the claims of every header as a list. */
export const claimHeaderMap = (
  map: Readonly<Record<string, string | readonly string[]>>,
  at: string,
  report: Report,
): ClaimHeaderMap => {
  const names = namesOf(map, at)
  for (const { name, at: place } of names) checkHeaderName(name, 'claim', place, report)
  checkDistinct(names, report)
  return Object.fromEntries(
    Object.entries(map).map(([name, claims]) => [name, asList(claims)] as const),
  )
}

/** A text or a list of texts as a list. */
export const asList = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value

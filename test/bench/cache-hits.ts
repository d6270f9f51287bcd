// What the gate's token cache found, by its own metrics: a case of warm tokens that were all verified
// anew, or of new ones that were all known, would measure something else than it says.
import { scrape, sumOf } from '../e2e/helpers/metrics.ts'
import type { System } from './systems/system.ts'

export interface Lookups {
  readonly all: number
  readonly hits: number
}

/** The lookups so far; undefined of a system without metrics. */
export const cacheLookups = async ({ adminUrl }: System): Promise<Lookups | undefined> => {
  if (adminUrl === undefined) return undefined
  const samples = await scrape(adminUrl)
  return {
    all: sumOf(samples, 'token_cache_lookups_total'),
    hits: sumOf(samples, 'token_cache_lookups_total', { result: 'hit' }),
  }
}

/** The part of the lookups between two moments that were hits; none where there were no lookups. */
export const hitShare = (
  before: Lookups | undefined,
  after: Lookups | undefined,
): { readonly hitShare?: number } => {
  if (before === undefined || after === undefined || after.all === before.all) return {}
  return { hitShare: (after.hits - before.hits) / (after.all - before.all) }
}

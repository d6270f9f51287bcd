// The golden table, whole.
import { corsRows } from './cors-rows.ts'
import { customRows } from './custom-rows.ts'
import { httpRows } from './http-rows.ts'
import { forwardedRows } from './forwarded-rows.ts'
import { mockRows } from './mock-rows.ts'
import { restRows } from './rest-rows.ts'
import type { GoldenRow } from './row.ts'

export const goldenRows: readonly GoldenRow[] = [
  ...restRows,
  ...httpRows,
  ...customRows,
  ...mockRows,
  ...forwardedRows,
  ...corsRows,
]

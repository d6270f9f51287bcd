// The golden table, whole.
import { customRows } from './custom-rows.ts'
import { httpRows } from './http-rows.ts'
import { restRows } from './rest-rows.ts'
import type { GoldenRow } from './row.ts'

export const goldenRows: readonly GoldenRow[] = [...restRows, ...httpRows, ...customRows]

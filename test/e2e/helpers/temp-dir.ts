// A directory of a test's own, gone when the test is.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Scope } from './program.ts'

export const tempDir = (scope: Scope): string => {
  const dir = mkdtempSync(join(tmpdir(), 'cognito-gate-e2e-'))
  scope.teardown(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

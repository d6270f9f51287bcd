import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'

/**
 * Runs the test files of one folder, one after the other, in this process: to start a process for each
 * would cost more than most of the tests. Each file can still be run alone. A file that adds no test fails.
 */
export async function runFolder(folder: string): Promise<void> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.test.ts'))
  for (const name of names.sort()) {
    const before = t.counts.total
    // Loaded within a test: while nothing is to do tap may take the run for over.
    await t.test(`${name} loads`, async (loading) => {
      await loading.resolves(import(pathToFileURL(join(folder, name)).href))
    })
    await t.test(`${name} ran`, async (ran) => {
      ran.ok(t.counts.total > before + 1, 'it has tests')
    })
  }
}

// `cognito-gate import`: an API Gateway export as a configuration file, and what did not come along.
import { statSync } from 'node:fs'
import { exportPath, loadExport } from '../config/export.ts'
import { loadText, type Problem } from '../config/load.ts'
import type { ExportedApi, ExportNote } from '../core/exported-api.ts'
import { readExport } from '../openapi/read.ts'
import { compileRoutes } from '../routing/table.ts'
import { parseWithOperand } from './arguments.ts'
import { describeProblems } from './configuration.ts'
import { configurationText } from './import-text.ts'
import { exitCodes, type Command, type Shell } from './shell.ts'
import { alignColumns } from './table.ts'

export const importUsage = `Usage: cognito-gate import EXPORT [--api REST or HTTP]

Turns an API Gateway export (OpenAPI 2.0 or 3.0, JSON or YAML) into a configuration on standard output,
and says on standard error, by JSON pointer, what it could not carry over. What it does not understand
is refused, never open.

  --api TYPE   REST or HTTP, where the export itself does not tell

Exit codes: 0 good, 78 the export or what it gives cannot be used, 64 wrong words.
`

const options = { api: { type: 'string' }, help: { type: 'boolean' } } as const

/** Exit code 0, or 78 for an export that cannot be read or gives no usable configuration. */
export const importExport: Command = async (args, shell) => {
  const parsed = parseWithOperand(args, options, 'EXPORT')
  if (!parsed.ok) return wrongWords(shell, parsed.error)
  const { values, operand: file } = parsed.value
  if (values.help === true) {
    shell.stdout.write(importUsage)
    return exitCodes.ok
  }
  if (file === undefined) return wrongWords(shell, 'EXPORT is missing')
  const { api: asked } = values
  if (asked !== undefined && asked !== 'REST' && asked !== 'HTTP') {
    return wrongWords(shell, '--api is REST or HTTP')
  }
  if (isBig(file)) shell.stderr.write(`reading ${file}; a big export takes some seconds …\n`)
  const api = await loadExport({ given: file, path: file }, asked, readExport)
  if (!api.ok) return bad(shell, api.error, 'the export')
  const text = configurationText(api.value, file)
  shell.stdout.write(text)
  shell.stderr.write(describeNotes(api.value, file))
  const loaded = loadText(text, 'the configuration', { env: {}, checkRoutes })
  return loaded.ok ? exitCodes.ok : bad(shell, loaded.error, 'what the export gives')
}

const bigBytes = 524_288

/** Whether people would wonder what takes so long. A file that is not there is somebody else's problem. */
const isBig = (file: string): boolean => {
  try {
    return statSync(file).size > bigBytes
  } catch {
    return false
  }
}

const checkRoutes: Parameters<typeof loadText>[2]['checkRoutes'] = (routes) => {
  const compiled = compileRoutes(routes)
  return compiled.ok ? [] : compiled.error
}

const wrongWords = (shell: Shell, problem: string): number => {
  shell.stderr.write(`cognito-gate import: ${problem}; see cognito-gate import --help\n`)
  return exitCodes.usage
}

const bad = (shell: Shell, problems: readonly Problem[], what: string): number => {
  shell.stderr.write(describeProblems(problems, what))
  return exitCodes.configuration
}

const effects = ['denied', 'dropped', 'note'] as const satisfies readonly ExportNote['effect'][]

/** One line for each note, the gravest first. */
const describeNotes = ({ notes }: ExportedApi, file: string): string => {
  const rows = effects.flatMap((effect) =>
    notes
      .filter((note) => note.effect === effect)
      .map(({ pointer, message }) => [effect, exportPath(file, pointer), message]),
  )
  return alignColumns(rows)
    .map((line) => `${line}\n`)
    .join('')
}

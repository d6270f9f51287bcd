// `cognito-gate explain`: what the gate would do with one request, and why.
import { systemClock } from '../observe/clock.ts'
import { fail, ok, type Result } from '../core/result.ts'
import { asBytes, composeRequest, parseHeaderLine, type AskedRequest } from '../explain/asked.ts'
import { createReport } from '../explain/report.ts'
import { runRequest } from '../explain/run.ts'
import { visibleJson } from '../explain/shown.ts'
import { parseArguments } from './arguments.ts'
import { describeProblems, hasProblems, loadConfiguration } from './configuration.ts'
import { reportText } from './explain-text.ts'
import { withPatience } from './patience.ts'
import { readLine } from './read-line.ts'
import { exitCodes, type Command, type Shell } from './shell.ts'

export const explainUsage = `Usage: cognito-gate explain [--config FILE] --method M --path P [--token T] [--header 'K: V']… [--json]

Says what the gate would do with a request and why: the route that takes it, each check of its token,
and what the upstream or the client would get. Nothing listens and the upstream is not asked; only the
issuer that the token names is asked for its keys, once.

  --config FILE    the configuration (YAML or JSON); else CONFIG_FILE, else the environment alone
  --method M       the request's method
  --path P         the request-target as a client sends it: path and query, still escaped
  --token T        a token, which is put where the route looks for one; - reads it from standard input,
                   so that it stays out of the shell's history and the list of processes
  --header 'K: V'  a header line; may be given again
  --json           the same as one JSON document

Exit codes: 0 allowed or answered by the gate itself, 77 refused, 78 bad configuration, 64 wrong words.
`

const options = {
  config: { type: 'string' },
  method: { type: 'string' },
  path: { type: 'string' },
  token: { type: 'string' },
  header: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

interface Words {
  readonly method?: string | undefined
  readonly path?: string | undefined
  readonly token?: string | undefined
  readonly header?: readonly string[] | undefined
}

/** Exit code 0 for a request that passes, 77 for one that is refused, 78 for a bad configuration. */
export const explain: Command = async (args, shell) => {
  const parsed = parseArguments(args, options)
  if (!parsed.ok) return wrongWords(shell, parsed.error)
  const { config, json = false, help = false } = parsed.value
  if (help) {
    shell.stdout.write(explainUsage)
    return exitCodes.ok
  }
  const asked = await readRequest(parsed.value, shell)
  if (!asked.ok) return wrongWords(shell, asked.error)
  const loaded = await loadConfiguration(config, shell)
  if (hasProblems(loaded)) {
    if (json) shell.stdout.write(`${visibleJson({ problems: loaded })}\n`)
    else shell.stderr.write(describeProblems(loaded))
    return exitCodes.configuration
  }
  const runOptions = { ...loaded, clock: systemClock }
  const request = composeRequest(asked.value, loaded.settings, loaded.table)
  const run = await withPatience(runRequest(runOptions, request), () => {
    const { timeoutMs } = loaded.settings.jwks
    shell.stderr.write(`asking for the signing keys, for up to ${timeoutMs} ms …\n`)
  })
  const report = createReport(runOptions, request, run)
  shell.stdout.write(json ? `${visibleJson(report)}\n` : reportText(report))
  return report.verdict === 'refused' ? exitCodes.refused : exitCodes.ok
}

const wrongWords = (shell: Shell, problem: string): number => {
  shell.stderr.write(`cognito-gate explain: ${problem}; see cognito-gate explain --help\n`)
  return exitCodes.usage
}

const readRequest = async (words: Words, shell: Shell): Promise<Result<AskedRequest, string>> => {
  const { method, path } = words
  if (method === undefined) return fail('--method is missing')
  if (path === undefined) return fail('--path is missing')
  // What cannot stand in a request line would make another request of it.
  if (!/^[!-~]+$/.test(method)) return fail('--method is not a word')
  if (/[\r\n]/.test(path)) return fail('--path has a line break')
  const headers: string[] = []
  for (const line of words.header ?? []) {
    const header = parseHeaderLine(line)
    if (!header.ok) return fail(`--header: ${header.error}`)
    headers.push(...header.value)
  }
  const token = await readToken(words.token, shell)
  if (!token.ok) return token
  return ok({ method, path: asBytes(path), headers, token: token.value })
}

const readToken = async (
  word: string | undefined,
  shell: Shell,
): Promise<Result<string | undefined, string>> => {
  if (word === undefined) return ok(undefined)
  const line = word === '-' ? await readLine(shell.stdin) : ok(word)
  if (!line.ok) return fail(`--token -: ${line.error}`)
  const token = line.value.trim()
  if (token === '') return fail('--token is empty')
  return /[^ -~]/.test(token) ? fail('--token holds what is no visible ASCII') : ok(token)
}

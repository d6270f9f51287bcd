// `cognito-gate check`: loads everything `serve` would, fetches no key, and prints what it found.
import { findWarnings, type Warning } from '../config/warnings.ts'
import type { Problem } from '../config/load.ts'
import type { Route } from '../core/route.ts'
import type { AuthorizerSettings, KeySource, Settings } from '../core/settings.ts'
import { systemClock } from '../observe/clock.ts'
import type { Configuration } from '../gate/configuration.ts'
import { orderedRoutes } from '../routing/table.ts'
import { parseArguments } from './arguments.ts'
import { conditionsOf } from './conditions.ts'
import { describeProblems, hasProblems, loadConfiguration } from './configuration.ts'
import { describeHandling, handlingAsJson } from './handling.ts'
import { keyFileWarnings } from './key-file-warnings.ts'
import { exitCodes, type Command } from './shell.ts'
import { alignColumns } from './table.ts'

export const checkUsage = `Usage: cognito-gate check [--config FILE] [--json] [--strict]

Loads the configuration as serve would, fetches no key, and prints the authorizers, the routes in
matching order, every problem at once, and warnings of what is legal but risky.

  --config FILE   the configuration (YAML or JSON); else CONFIG_FILE, else the environment alone
  --json          the same as one JSON document
  --strict        exit 78 for warnings too

Exit codes: 0 good, 78 bad configuration.
`

/** Exit code 0, or 78 for problems; with `--strict` for warnings too. */
export const check: Command = async (args, shell) => {
  const parsed = parseArguments(args, {
    config: { type: 'string' },
    json: { type: 'boolean' },
    strict: { type: 'boolean' },
    help: { type: 'boolean' },
  })
  if (!parsed.ok) {
    shell.stderr.write(`cognito-gate check: ${parsed.error}; see cognito-gate check --help\n`)
    return exitCodes.usage
  }
  const { config, json, strict, help } = parsed.value
  if (help === true) {
    shell.stdout.write(checkUsage)
    return exitCodes.ok
  }
  const loaded = await loadConfiguration(config, shell)
  const warnings = hasProblems(loaded) ? [] : warningsOf(loaded)
  if (json === true) shell.stdout.write(asJson(loaded, warnings))
  else if (hasProblems(loaded)) shell.stderr.write(describeProblems(loaded))
  else shell.stdout.write(asText(loaded, warnings))
  const good = !hasProblems(loaded) && (strict !== true || warnings.length === 0)
  return good ? exitCodes.ok : exitCodes.configuration
}

const warningsOf = ({ settings }: Configuration): readonly Warning[] => [
  ...findWarnings(settings, systemClock.wallMs()),
  ...keyFileWarnings(settings),
]

const asJson = (
  loaded: Configuration | readonly Problem[],
  warnings: readonly Warning[],
): string => {
  const report = hasProblems(loaded)
    ? { authorizers: [], routes: [], problems: loaded, warnings }
    : {
        authorizers: loaded.settings.authorizers.map(({ name, type, issuers }) => ({
          name,
          type,
          issuers: issuers.map(({ issuer, keys }) => ({ issuer, keys: keyPlace(keys) })),
        })),
        routes: orderedRoutes(loaded.table).map((route) => ({
          label: route.label,
          method: route.method,
          path: route.path,
          access: route.access,
          ...(route.access.kind === 'token' ? { enforcement: route.enforcement } : {}),
          ...handlingAsJson(route),
        })),
        ...decisionAsJson(loaded.settings),
        ...statusPageAsJson(loaded.settings),
        problems: [],
        warnings,
      }
  return `${JSON.stringify(report, undefined, 2)}\n`
}

const asText = ({ settings, table }: Configuration, warnings: readonly Warning[]): string => {
  const routes = orderedRoutes(table)
  return [
    ...section('authorizers', settings.authorizers.flatMap(describeAuthorizer)),
    ...section('routes, in matching order', routes.map(describeRoute)),
    ...section('decisions for edge proxies', describeDecision(settings)),
    ...section('status page', describeStatusPage(settings)),
    ...section(
      'warnings',
      warnings.map(({ path, message }) => [path, message]),
    ),
    `ok: ${[
      count(settings.authorizers.length, 'authorizer'),
      count(routes.length, 'route'),
      count(warnings.length, 'warning'),
    ].join(', ')}`,
    '',
  ].join('\n')
}

const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? '' : 's'}`

const section = (title: string, rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0 ? [] : [title, ...alignColumns(rows).map((line) => `  ${line}`), '']

const describeAuthorizer = (authorizer: AuthorizerSettings): readonly (readonly string[])[] => {
  const { name, type, identitySource, issuers } = authorizer
  const source = `token from ${identitySource.in} ${identitySource.name}`
  return issuers.map(({ issuer, keys }, index) =>
    index === 0
      ? [name, type, source, issuer, `keys from ${keyPlace(keys)}`]
      : ['', '', '', issuer, `keys from ${keyPlace(keys)}`],
  )
}

const keyPlace = (keys: KeySource): string => (keys.kind === 'file' ? keys.path : keys.uri)

const describeDecision = ({ decision }: Settings): readonly (readonly string[])[] => {
  const { enabled, host, port, trustedPeers } = decision
  return enabled ? [[`${host} port ${port}`, `asked by ${trustedPeers.join(', ')}`]] : []
}

/** Nothing when there are none to be had. */
const decisionAsJson = ({ decision }: Settings): object => {
  const { enabled, ...rest } = decision
  return enabled ? { decision: rest } : {}
}

const describeStatusPage = ({ statusPage }: Settings): readonly (readonly string[])[] => {
  const { enabled, host, port } = statusPage
  return enabled ? [[`${host} port ${port}`, 'read from this machine alone']] : []
}

/** Nothing when there is none. */
const statusPageAsJson = ({ statusPage }: Settings): object => {
  const { enabled, ...rest } = statusPage
  return enabled ? { statusPage: rest } : {}
}

const describeRoute = (route: Route): readonly string[] => [
  route.method,
  route.path,
  ...describeAccess(route),
  describeHandling(route),
]

const describeAccess = ({ access, enforcement }: Route): readonly [string, string] => {
  if (access.kind === 'public') return ['public', '']
  if (access.kind === 'denied') return ['denied', '']
  const mode = enforcement === 'report' ? ['report only'] : []
  return [access.authorizer, [...mode, ...conditionsOf(access)].join('; ')]
}

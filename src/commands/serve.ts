// `cognito-gate serve`: runs the gate until SIGTERM or SIGINT, then drains it.
import { createApp, type App } from '../app.ts'
import { systemClock } from '../observe/clock.ts'
import { createLogger } from '../observe/log.ts'
import type { ExportNote } from '../core/exported-api.ts'
import { describeReportMode, reportModeOf } from '../core/report-mode.ts'
import type { Logger } from '../core/ports.ts'
import type { Settings } from '../core/settings.ts'
import { parseArguments } from './arguments.ts'
import { createConfigurationSource } from './configuration-source.ts'
import { describeProblems, hasProblems } from './configuration.ts'
import { exitCodes, type Command, type Shell } from './shell.ts'
import { startRemedy, tellProgress } from './start-progress.ts'

export const serveUsage = `Usage: cognito-gate [serve] [--config FILE]

Runs the gate until SIGTERM or SIGINT. SIGHUP reads the configuration, and every file
that it names, again at once; they are also read when they change. What is broken, or needs a restart,
changes nothing: the log says why.

  --config FILE   the configuration (YAML or JSON); else CONFIG_FILE, else the environment alone

Exit codes: 0 drained, 1 could not start, 78 bad configuration.
`

/** Exit code 0 once drained, 1 if it could not start, 78 for a bad configuration. */
export const serve: Command = async (args, shell) => {
  const parsed = parseArguments(args, { config: { type: 'string' }, help: { type: 'boolean' } })
  if (!parsed.ok) {
    shell.stderr.write(`cognito-gate serve: ${parsed.error}; see cognito-gate serve --help\n`)
    return exitCodes.usage
  }
  if (parsed.value.help === true) {
    shell.stdout.write(serveUsage)
    return exitCodes.ok
  }
  const source = createConfigurationSource(parsed.value.config, shell)
  const loaded = await source.loadFirst()
  if (hasProblems(loaded)) {
    shell.stderr.write(describeProblems(loaded))
    return exitCodes.configuration
  }
  const log = createLogger(loaded.settings.log, shell.stdout)
  const app = createApp({
    ...loaded,
    log,
    clock: systemClock,
    version: shell.version,
    ...(source.isRepeatable() ? { source } : {}),
    onReloaded: (settings) => {
      log.setLevel(settings.log.level)
      warnOfExport(settings, log)
      warnOfReportMode(settings, log)
    },
  })
  // The last resort. Requests share no mutable state, so one that went wrong is no reason to drop
  // the others; every fault here is a bug, and says so.
  shell.onFault((fault) =>
    log.error(
      { err: fault },
      'a bug: nobody caught this error; the gate goes on, please report it',
    ),
  )
  warnOfExport(loaded.settings, log)
  warnOfReportMode(loaded.settings, log)
  const signalled = firstSignal(shell)
  shell.onHangup(() => {
    log.info({ signal: 'SIGHUP' }, 'reloading')
    if (!source.isRepeatable())
      log.warn({}, 'the configuration came through a pipe and cannot be read again')
    void app.reload()
  })
  try {
    await app.start()
  } catch (error) {
    log.error({ err: error, todo: startRemedy(error) }, 'could not start')
    return exitCodes.failed
  }
  const endProgress = tellProgress({ notReady: app.notReady, log, clock: systemClock })
  const signal = await signalled
  endProgress()
  const { drainDelayMs } = app.settings().shutdown
  return drainApp(app, log, { signal, delayMs: signal === 'SIGINT' ? 0 : drainDelayMs })
}

/** Operations that answer 403 because they could not be carried over are no fault of any client. */
const warnOfExport = ({ openapi: { file, notes } }: Settings, log: Logger): void => {
  const count = (effect: ExportNote['effect']) =>
    notes.filter((note) => note.effect === effect).length
  const [denied, dropped] = [count('denied'), count('dropped')]
  if (denied + dropped === 0) return
  const hint = 'cognito-gate check lists it'
  log.warn({ file, denied, dropped }, `not all of the export could be carried over; ${hint}`)
}

/** A gate that was only meant to look on must not be taken for one that guards. */
const warnOfReportMode = (settings: Settings, log: Logger): void => {
  const mode = reportModeOf(settings)
  const text = describeReportMode(mode)
  if (text !== undefined) log.warn({ ...mode }, `${text}; remove enforcement: report to refuse it`)
}

type Signal = 'SIGTERM' | 'SIGINT'

/** Resolves with the first signal; a second one ends the process at once. */
const firstSignal = (shell: Shell): Promise<Signal> =>
  new Promise((resolve) => {
    let signals = 0
    shell.onSignal((signal) => {
      signals += 1
      if (signals === 1) resolve(signal)
      else shell.exit(exitCodes.failed)
    })
  })

const drainApp = async (
  app: App,
  log: Logger,
  { signal, delayMs }: { readonly signal: Signal; readonly delayMs: number },
): Promise<number> => {
  log.info({ signal, delayMs }, 'draining')
  const { cut } = await app.stop(delayMs)
  if (cut > 0)
    log.warn({ cut }, 'stopped; requests had to be cut after the grace period, shutdown.graceMs')
  else log.info({}, 'stopped; nothing was cut')
  return exitCodes.ok
}

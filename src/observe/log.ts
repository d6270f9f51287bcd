// The log: JSON lines for the operator, by pino. Nothing secret is to be handed to it; the redaction
// below is the second net, not the first.
import { createRequire } from 'node:module'
import type { pino as Pino } from 'pino'
import type { Logger } from '../core/ports.ts'
import type { LogSettings } from '../core/settings.ts'
import { describeError, type ErrorFields } from './describe-error.ts'

const pino = createRequire(import.meta.url)('pino') as typeof Pino

export interface LogDestination {
  write(line: string): void
}

export interface LevelledLogger extends Logger {
  /** Logs from that level on. */
  readonly setLevel: (level: LogSettings['level']) => void
}

/**
 * Makes the logger: one line `{"level":"info","time":"…","msg":"…"}` per call, to stdout unless told
 * otherwise, written before the call returns. What stands under `err` is an error: its message and
 * code and those of its causes; its stack only at the levels debug and trace.
 */
export const createLogger = (
  settings: Pick<LogSettings, 'level'>,
  destination: LogDestination = pino.destination(1),
): LevelledLogger => {
  const logger = pino(
    {
      level: settings.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: {
        err: (error: unknown) =>
          stackLevels.has(logger.level) ? describeWithStack(error) : describeError(error),
      },
      redact: { paths: secretPaths, censor: '[Redacted]' },
    },
    destination,
  )
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    setLevel: (level) => {
      logger.level = level
    },
  }
}

const stackLevels: ReadonlySet<string> = new Set(['debug', 'trace'])

const describeWithStack = (error: unknown): ErrorFields & { readonly stack?: string } => ({
  ...describeError(error),
  ...(error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {}),
})

const secretNames = ['token', 'authorization', 'Authorization', 'cookie', 'Cookie', 'claims']
const secretPaths = secretNames.flatMap((name) => [name, `*.${name}`])

// The certificates of the listener over time: read again when their files change or when asked to,
// checked aside, put in force as a whole or not at all. Connections that are open stay as they are.
import { X509Certificate } from 'node:crypto'
import type { Server } from 'node:http'
import { outOfDate, readListenTls } from '../config/listen-tls.ts'
import type { Clock, Logger } from '../core/ports.ts'
import { fail, ok, type Result } from '../core/result.ts'
import type { ListenTls, ListenTlsFiles } from '../core/settings.ts'
import { readFile } from '../files/read-file.ts'
import { createReload, type Reload } from '../files/reload.ts'
import { scheduleTimeout, type Schedule } from '../files/schedule.ts'
import { replaceCertificates } from './listener.ts'

export interface TlsReloadOptions {
  /** The listener that has `tls` in force. */
  readonly server: Server
  readonly tls: ListenTls
  readonly clock: Pick<Clock, 'wallMs'>
  readonly log: Pick<Logger, 'debug' | 'info' | 'warn'>
  readonly schedule?: Schedule
  /** Called when others have come into force, and for each reason why they have not. */
  readonly onOutcome?: (outcome: 'success' | 'failed') => void
}

/** Bytes of a PEM file; a bundle of every public authority has a quarter of it. */
const maxPemBytes = 1_048_576

/** Makes the reloading of a listener's certificates. */
export const createTlsReload = (options: TlsReloadOptions): Reload => {
  const { server, tls, clock, log, schedule = scheduleTimeout } = options
  const { onOutcome = () => undefined } = options
  const { files } = tls
  let current = tls
  let isFailing = false

  const describe = ({ cert, clientCa }: ListenTls) => {
    const { subject, validTo } = new X509Certificate(cert)
    return { file: files.cert, subject, validTo, clientCertificates: clientCa !== undefined }
  }
  const warnOfTime = (): void => {
    const fault = outOfDate(current, clock.wallMs())
    if (fault === undefined) return
    log.warn(describe(current), `the certificate of the listener ${fault}; clients will refuse it`)
  }

  const reload = createReload({
    paths: pathsOf(files),
    schedule,
    load: () => load(files),
    take: (fresh) => {
      const isAgain = isFailing
      isFailing = false
      if (isSame(fresh, current)) {
        if (isAgain) onOutcome('success')
        log.debug(describe(current), 'certificates of the listener are as before')
        return
      }
      replaceCertificates(server, fresh)
      current = fresh
      onOutcome('success')
      log.info(describe(fresh), 'certificates of the listener replaced')
      warnOfTime()
    },
    failed: (reason) => {
      isFailing = true
      onOutcome('failed')
      log.warn(
        { reason },
        'certificates of the listener cannot be replaced; those of before stay in force',
      )
    },
  })
  return {
    ...reload,
    start: () => {
      warnOfTime()
      reload.start()
    },
  }
}

const pathsOf = ({ cert, key, clientCa }: ListenTlsFiles): readonly string[] =>
  clientCa === undefined ? [cert, key] : [cert, key, clientCa]

const load = async (files: ListenTlsFiles): Promise<Result<ListenTls, string>> => {
  const paths = pathsOf(files)
  const texts = await Promise.all(paths.map(readText))
  const read = readListenTls(files, (path) => texts[paths.indexOf(path)] as (typeof texts)[number])
  return read.ok
    ? read
    : fail(read.error.map(({ key, fault }) => `listen.tls.${key} ${fault}`).join('; '))
}

const readText = async (path: string): Promise<Result<string, string>> => {
  try {
    return ok((await readFile(path, maxPemBytes)).toString('utf8'))
  } catch (error) {
    return fail(`cannot be read: ${(error as Error).message}`)
  }
}

const isSame = (one: ListenTls, other: ListenTls): boolean =>
  one.cert === other.cert && one.key === other.key && one.clientCa === other.clientCa

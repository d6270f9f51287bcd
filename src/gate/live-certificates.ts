// The listener's certificates, whose files a reload may change. What is in the files is read again by
// itself; whether there are certificates at all is fixed at the start.
import type { Server } from 'node:http'
import type { Clock, Logger, Recorder } from '../core/ports.ts'
import type { ListenTls } from '../core/settings.ts'
import type { Reload } from '../files/reload.ts'
import type { Schedule } from '../files/schedule.ts'
import { replaceCertificates } from '../server/listener.ts'
import { createTlsReload } from '../server/tls-reload.ts'
import { isDeepStrictEqual } from 'node:util'

export interface LiveCertificates extends Reload {
  /**
   * Takes the certificates of other files in place of these; nothing if they are the same files.
   *
   * @throws what OpenSSL does not take; the old ones then stay in force
   */
  readonly use: (tls: ListenTls | undefined) => void
}

export interface LiveCertificatesOptions {
  readonly server: Server
  readonly clock: Pick<Clock, 'wallMs'>
  readonly log: Pick<Logger, 'debug' | 'info' | 'warn'>
  readonly recorder: Pick<Recorder, 'reloaded'>
  /** In place of timers, for the looks at the files. */
  readonly schedule?: Schedule
}

/** Makes it for a server that has `first` in force; without TLS it does nothing. */
export const createLiveCertificates = (
  first: ListenTls | undefined,
  options: LiveCertificatesOptions,
): LiveCertificates => {
  const onOutcome = (outcome: 'success' | 'failed'): void => {
    options.recorder.reloaded('certificates', outcome, options.clock.wallMs())
  }
  const create = (tls: ListenTls | undefined): Reload | undefined =>
    tls === undefined ? undefined : createTlsReload({ ...options, tls, onOutcome })
  let files = first?.files
  let reload = create(first)
  return {
    start: () => reload?.start(),
    stop: () => reload?.stop(),
    now: async () => {
      await reload?.now()
    },
    use: (tls) => {
      if (tls === undefined || isDeepStrictEqual(tls.files, files)) return
      replaceCertificates(options.server, tls)
      onOutcome('success')
      files = tls.files
      reload?.stop()
      reload = create(tls)
      reload?.start()
    },
  }
}

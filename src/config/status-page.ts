// What `statusPage` must say to be safe: the page asks nobody who they are, so only this machine may
// reach it.
import type { Settings } from '../core/settings.ts'
import { overlap } from './addresses.ts'
import { shown, type Report } from './problem.ts'

/** Reports an address that other machines reach, and a port that is taken. */
export const checkStatusPage = (
  settings: Pick<Settings, 'statusPage' | 'decision' | 'listen' | 'admin'>,
  report: Report,
): void => {
  const { enabled, host, port } = settings.statusPage
  // Not only once it is enabled: who enables it later should not learn of it then.
  if (!isLoopbackAddress(host)) {
    const why = 'the page asks for no credentials; reach it through kubectl port-forward or ssh -L'
    report('statusPage.host', `${shown(host)} is not 127.0.0.1, ::1 or localhost: ${why}`)
  }
  if (!enabled) return
  for (const other of ['listen', 'admin', 'decision'] as const) {
    const bound = other !== 'decision' || settings.decision.enabled
    if (bound && overlap(settings.statusPage, settings[other])) {
      report('statusPage.port', `${port} is taken by ${other}; give the two different ports`)
    }
  }
}

/** Of names `localhost` alone: a resolver may give any other name any address. */
const isLoopbackAddress = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.(?:0|[1-9]\d{0,2})){3}$/.test(host)

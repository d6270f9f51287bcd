// A reload of the configuration as it is remembered, for whoever shows what has happened.

/** What made the gate read its configuration again: a SIGHUP, or files that are others than were read. */
export type ReloadTrigger = 'signal' | 'files'

export interface ReloadRecord {
  /** When it was over: milliseconds since the epoch. */
  readonly atMs: number
  readonly outcome: 'success' | 'failed'
  readonly trigger: ReloadTrigger
  /** What has changed, or why nothing has, in a line. Nothing secret is in it. */
  readonly message: string
}

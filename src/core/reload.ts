// One attempt to put a changed configuration in force, for whoever shows the history.

/** What came of a reload, and what began it. The message is for the operator, and holds no secret. */
export interface ReloadRecord {
  /** Milliseconds since the epoch. */
  readonly atMs: number
  readonly outcome: 'success' | 'failed'
  readonly trigger: 'signal' | 'files'
  readonly message: string
}

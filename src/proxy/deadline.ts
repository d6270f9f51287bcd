// A time-out that is set again and again, as for each request of a connection that has one at a time.
// A timer made anew for each would cost several times as much. It knows nothing of requests.

/** Who is told that the time is over. */
export interface Waiting {
  readonly onLate: (ms: number) => void
}

/** One time-out, running or not. */
export class Deadline {
  private timer: NodeJS.Timeout | undefined = undefined
  private ms = 0
  private waiting: Waiting | undefined = undefined

  /** Starts it anew: after `ms` milliseconds `waiting` is told, unless it is cleared or set again. */
  set(ms: number, waiting: Waiting): void {
    this.waiting = waiting
    if (this.timer !== undefined && this.ms === ms) {
      this.timer.refresh()
      return
    }
    clearTimeout(this.timer)
    this.ms = ms
    // It goes on after `clear`, which must keep no process alive; what is waited for has a socket.
    this.timer = setTimeout(pass, ms, this).unref()
  }

  clear(): void {
    this.waiting = undefined
  }

  /** Clears it, and keeps no timer until it is set again. */
  end(): void {
    this.waiting = undefined
    clearTimeout(this.timer)
    this.timer = undefined
  }

  /** For the timer. */
  pass(): void {
    const { waiting } = this
    this.waiting = undefined
    waiting?.onLate(this.ms)
  }
}

const pass = (deadline: Deadline): void => deadline.pass()

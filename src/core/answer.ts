// An answer the gate gives itself, as data. answers/ makes it, server/ writes it.

export interface Answer {
  readonly status: number
  /** Header lines, flat: name, value, name, value… without framing headers. */
  readonly headers: readonly string[]
  readonly body: string
}

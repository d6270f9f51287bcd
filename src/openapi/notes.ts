// What is said of an export beside its translation.

/** Something that could not be carried over, or that is worth knowing. */
export interface ExportNote {
  /** Where it stands in the export: an RFC 6901 JSON pointer, '' for the whole. */
  readonly pointer: string
  /** One line: what it is, and what stands in its place. */
  readonly message: string
  /** The operation became DENY; left out without opening anything; only worth knowing. */
  readonly effect: 'denied' | 'dropped' | 'note'
}

/** Why an export cannot be read, or a part of it not be carried over. */
export interface Fault {
  readonly pointer: string
  readonly message: string
}

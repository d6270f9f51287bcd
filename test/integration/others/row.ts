// Rows of the tables of cases that other projects test, told anew as bytes on a wire. The name begins with
// where the case is from.

/** What a client sends, and what has to come of it. */
export interface RequestRow {
  readonly name: string
  readonly sent: string
  /** Of the final answers. */
  readonly statuses: readonly number[]
  /** Method and target of what the upstream gets. */
  readonly lines: readonly string[]
  /** Their bodies; empty ones unless given. */
  readonly bodies?: readonly string[]
  /** Lines of the first of them, by name in lower case; undefined must not be there. */
  readonly headers?: Readonly<Record<string, string | undefined>>
}

/** What an upstream answers, and what the client makes of it. */
export interface AnswerRow {
  readonly name: string
  readonly answered: string
  /** Whether the upstream then ends the connection. */
  readonly ends?: boolean
  /** GET unless given. */
  readonly method?: string
  /** The request's bytes, if they are not the usual ones. */
  readonly sent?: string
  /** Informational ones too. `broken` is an answer that was seen to break off. */
  readonly statuses: readonly number[] | 'broken'
  readonly body?: string
  readonly headers?: Readonly<Record<string, string | undefined>>
}

/** A head as bytes, with a Host unless one is given. */
export const head = (line: string, ...lines: readonly string[]): string =>
  [
    line,
    ...(lines.some((each) => /^host\b/i.test(each)) ? [] : ['Host: gate']),
    ...lines,
    '',
    '',
  ].join('\r\n')

export const passed = (
  line: string,
  body = '',
): Pick<RequestRow, 'statuses' | 'lines' | 'bodies'> => ({
  statuses: [200],
  lines: [line],
  bodies: [body],
})

export const refused = (status = 400): Pick<RequestRow, 'statuses' | 'lines'> => ({
  statuses: [status],
  lines: [],
})

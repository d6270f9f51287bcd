// What an API Gateway export says, in the words of the configuration: made by openapi/, merged with
// the configuration file by config/.
import type { Result } from './result.ts'

/** A part of an export that the gate does not do as API Gateway did. */
export interface ExportNote {
  /** JSON pointer (RFC 6901) into the export. */
  readonly pointer: string
  /** What is not carried over, and what stands in its place. */
  readonly message: string
  /** Requests are refused for it, it is left out and opens nothing, or it is only worth knowing. */
  readonly effect: 'denied' | 'dropped' | 'note'
}

export interface ExportedApi {
  readonly apiType: 'REST' | 'HTTP'
  /**
   * Keys of a configuration file: `authorizers`, `routes`, `gatewayResponses`, `cors` and
   * `stageVariables`, those that the export speaks of. Plain data, to be checked like a file.
   */
  readonly configuration: Readonly<Record<string, unknown>>
  /** The JSON pointer of what became `routes[3]` or `authorizers.NAME`, by that path. */
  readonly origins: ReadonlyMap<string, string>
  /** The base path or stage, '' for none. It is not applied. */
  readonly basePath: string
  /** Where most operations were sent: scheme, host and common path. Undefined where none says so. */
  readonly upstreamUrl: string | undefined
  readonly notes: readonly ExportNote[]
}

/** One thing that makes an export unusable as a whole. */
export interface ExportFault {
  readonly pointer: string
  readonly message: string
}

/**
 * Reads an export that has been parsed. `apiType` is what the operator says; without it the document
 * tells, and one that does not is of a REST API.
 */
export type ReadExport = (
  document: unknown,
  options: { readonly apiType?: 'REST' | 'HTTP' },
) => Promise<Result<ExportedApi, readonly ExportFault[]>>

// Routes with parameter mappings, in the words in which an operator writes them.
import { headerMappings, type MappingSyntax } from '../../src/config/header-mappings.ts'
import type { Route } from '../../src/core/route.ts'

/** Routes at their indexes, one for each map of requestParameters. Throws for a mistake in one. */
export const mappedRoutes = (
  maps: readonly Readonly<Record<string, string>>[],
  syntax: MappingSyntax = { apiType: 'REST', stageVariables: { env: 'prod' } },
): readonly Route[] =>
  maps.map((given, index) => ({
    index,
    label: `GET /${index}/{id}`,
    method: 'GET',
    path: `/${index}/{id}`,
    access: { kind: 'public' },
    enforcement: 'enforce',
    responseTimeoutMs: undefined,
    allowEncodedSlash: false,
    mock: undefined,
    requestParameters: headerMappings(given, 'requestParameters', syntax, (path, message) => {
      throw new Error(`${path}: ${message}`)
    }),
  }))

// What a route's parameter mappings may say but its operator should know.
import { foldHeaderName } from '../core/header-name.ts'
import { failsIntegration, speaksForGate, type HeaderMapping } from '../core/header-mapping.ts'
import type { RouteSettings, Settings } from '../core/settings.ts'
import { keyPath } from './problem.ts'
import type { Warning } from './warnings.ts'

/** Warnings of all routes, in their order. */
export const mappingWarnings = (settings: Settings): readonly Warning[] => {
  const mapped = settings.routes.filter(({ requestParameters }) => requestParameters.length > 0)
  if (mapped.length === 0) return []
  const identityFolds = new Set(identityNames(settings).map(foldHeaderName))
  return mapped.flatMap((route) =>
    route.requestParameters.flatMap((mapping) =>
      faultsOf(mapping, route, identityFolds).map((message) => ({
        path: keyPath(route.origin, 'requestParameters'),
        message,
      })),
    ),
  )
}

const faultsOf = (
  mapping: HeaderMapping,
  { access }: RouteSettings,
  identityFolds: ReadonlySet<string>,
): readonly string[] => {
  const { name, expression } = mapping
  const faults: string[] = []
  if (failsIntegration(name)) {
    faults.push(
      `maps ${name}: API Gateway accepts that and answers every request with 500, and so does the gate`,
    )
  }
  if (access === 'NONE' && expression.some(({ from }) => from === 'claim')) {
    faults.push(`sets ${name} from a claim, but the route asks for no token and so has none`)
  }
  const isClients = expression.length > 0 && !speaksForGate(mapping)
  if (isClients && identityFolds.has(foldHeaderName(name))) {
    faults.push(`sets ${name}, which tells who is calling elsewhere, from what the client sends`)
  }
  return faults
}

const identityNames = (settings: Settings): readonly string[] => [
  ...Object.keys(settings.claimHeaders),
  ...settings.authorizers.flatMap(({ claimHeaders }) => Object.keys(claimHeaders ?? {})),
  settings.claimsHeader,
  ...settings.routes.flatMap(({ requestParameters }) =>
    requestParameters.filter(speaksForGate).map(({ name }) => name),
  ),
]

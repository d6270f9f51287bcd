// The routes of an export: one per operation, with who may call it and what becomes of the request.
import type { Scheme } from './authorizers.ts'
import { backendOf, faultOfDestination, type Backend } from './backends.ts'
import { operationNotes } from './extensions.ts'
import { integrationOf, type Integration, type IntegrationScope } from './integration.ts'
import type { ExportNote, ExportFault } from '../core/exported-api.ts'
import { faultOfOperation } from './operation.ts'
import type { Operation } from './paths.ts'
import type { PlainMap } from './plain.ts'
import { policyFault } from './policy.ts'
import { accessOf, type Access } from './security.ts'
import type { Result } from '../core/result.ts'

export interface Routes {
  /** Entries of `routes`, in the order of the operations. */
  readonly routes: readonly PlainMap[]
  readonly upstreamUrl: string | undefined
  readonly notes: readonly ExportNote[]
}

export interface RouteScope extends IntegrationScope {
  readonly schemes: ReadonlyMap<string, Scheme>
}

/** What has been found out about an operation. */
interface Draft {
  readonly operation: Operation
  readonly fault: ExportFault | undefined
  readonly access: Access
  readonly integration: Result<Integration, ExportFault>
}

/** The routes of all operations. Whatever is not understood of one makes it DENY. */
export const routesOf = (operations: readonly Operation[], scope: RouteScope): Routes => {
  const drafts = operations.map((operation): Draft => ({
    operation,
    fault: faultOfOperation(operation),
    access: accessOf(operation, scope.document, scope.schemes),
    integration: integrationOf(operation, scope),
  }))
  const backend = backendOf(drafts.flatMap(sendersOf))
  const policy = policyFault(scope.document)
  const made = drafts.map((draft) => routeOf(draft, backend, policy))
  return {
    routes: made.map(({ route }) => route),
    upstreamUrl: backend?.upstreamUrl,
    notes: [
      ...(policy === undefined ? [] : [denied(policy)]),
      ...(backend?.notes ?? []),
      ...made.flatMap(({ notes }) => notes),
    ],
  }
}

const sendersOf = ({ integration }: Draft) => {
  if (!integration.ok || integration.value.destination === undefined) return []
  const { destination, pointer } = integration.value
  return [{ destination, pointer }]
}

interface Made {
  readonly route: PlainMap
  readonly notes: readonly ExportNote[]
}

const routeOf = (
  draft: Draft,
  backend: Backend | undefined,
  policy: ExportFault | undefined,
): Made => {
  const { operation, access, integration } = draft
  const { path, method } = operation
  const faults = faultsOf(draft, backend)
  if (access.kind === 'denied' || !integration.ok || faults.length > 0 || policy !== undefined) {
    return { route: { path, method, authorizationType: 'DENY' }, notes: faults.map(denied) }
  }
  return {
    route: { path, method, ...accessKeys(access), ...integration.value.settings },
    notes: [...operationNotes(operation.node, operation.pointer), ...integration.value.notes],
  }
}

const accessKeys = (access: Exclude<Access, { kind: 'denied' }>): PlainMap => {
  if (access.kind === 'open') return { authorizationType: 'NONE' }
  const { authorizer, scopes } = access
  return { authorizer, ...(scopes.length === 0 ? {} : { authorizationScopes: scopes }) }
}

/** Everything that stands against an operation. */
const faultsOf = (draft: Draft, backend: Backend | undefined): readonly ExportFault[] => {
  const { fault, access, integration } = draft
  return [
    ...(fault === undefined ? [] : [fault]),
    ...(access.kind === 'denied' ? [access] : []),
    ...(integration.ok ? backendFaults(integration.value, backend) : [integration.error]),
  ]
}

const backendFaults = (
  { destination, pointer }: Integration,
  backend: Backend | undefined,
): readonly ExportFault[] => {
  if (destination === undefined || backend === undefined) return []
  const message = faultOfDestination(destination, backend)
  return message === undefined ? [] : [{ pointer, message }]
}

const denied = ({ pointer, message }: ExportFault): ExportNote => ({
  pointer,
  message,
  effect: 'denied',
})

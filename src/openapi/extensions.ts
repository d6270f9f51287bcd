// Extensions that the gate does nothing with: what each did is said once.
import type { ExportNote } from '../core/exported-api.ts'
import { entriesOf, isGiven, isTextList, own, type PlainMap } from './plain.ts'
import { shown } from '../core/shown.ts'
import { below } from './pointer.ts'
import { modelsPlace, type Version } from './version.ts'

type Said = readonly [ExportNote['effect'], string]

const prefix = 'x-amazon-apigateway-'

const validator: Said = [
  'dropped',
  'requests are not validated; what it refused reaches the upstream',
]

const said: ReadonlyMap<string, Said> = new Map([
  ['request-validators', ['note', 'requests are not validated against models or for parameters']],
  ['request-validator', validator],
  ['binary-media-types', ['note', 'bodies of every type pass as they are']],
  ['minimum-compression-size', ['dropped', 'answers are not compressed by the gate']],
  ['api-key-source', ['note', 'the gate has no API keys']],
  ['documentation', ['dropped', 'documentation is not used']],
])

/** Understood elsewhere, or without a meaning for the gate. */
const silent: ReadonlySet<string> = new Set([
  'cors',
  'gateway-responses',
  'importexport-version',
  'policy',
  'tag-value',
])

/** Notes on the root of an export, and on models. */
export const rootNotes = (document: PlainMap, version: Version): readonly ExportNote[] => {
  const models = modelsPlace(document, version)
  const modelNotes: readonly ExportNote[] = isGiven(models.value)
    ? [{ pointer: models.pointer, message: 'models are not used', effect: 'dropped' }]
    : []
  return [
    ...extensionsOf(document).flatMap(([key, value]) => noteOf(key, value)),
    ...endpointNotes(document),
    ...modelNotes,
  ]
}

/** Notes on an operation that is carried over. */
export const operationNotes = (node: unknown, pointer: string): readonly ExportNote[] => {
  if (!isGiven(own(node, `${prefix}request-validator`))) return []
  const [effect, message] = validator
  return [{ pointer: below(pointer, `${prefix}request-validator`), message, effect }]
}

/** Extensions that API Gateway has of `map`. */
const extensionsOf = (map: unknown): readonly (readonly [string, unknown])[] =>
  entriesOf(map).filter(([key, value]) => key.startsWith(prefix) && isGiven(value))

const endpointKey = `${prefix}endpoint-configuration`

const noteOf = (key: string, value: unknown): readonly ExportNote[] => {
  const name = key.slice(prefix.length)
  if (silent.has(name)) return []
  const pointer = below('', key)
  if (key === endpointKey) return [endpointNote(value, pointer)]
  const [effect, message] = said.get(name) ?? ['dropped', `${shown(key)} is not known here`]
  return [{ pointer, message, effect }]
}

/** OpenAPI 3.0 has it in its servers. */
const endpointNotes = (document: PlainMap): readonly ExportNote[] => {
  const servers = own(document, 'servers')
  if (!Array.isArray(servers)) return []
  return servers.flatMap((server: unknown, index) => {
    const value = own(server, endpointKey)
    return isGiven(value) ? [endpointNote(value, below('/servers', index, endpointKey))] : []
  })
}

const endpointNote = (value: unknown, pointer: string): ExportNote => {
  const types = own(value, 'types')
  const isPrivate = isTextList(types) && types.includes('PRIVATE')
  const message = isPrivate
    ? 'the API is private: only a VPC could reach it, and who can reach the gate is for its network to say'
    : 'endpoints are where the gate listens'
  return { pointer, message, effect: 'note' }
}

// The door to the OpenAPI validator. It is loaded when an export is read, and not before: compiling
// schemas is dear, and most gates have no export.
import type { Validator } from '@seriousme/openapi-schema-validator'
import type { ExportFault } from '../core/exported-api.ts'
import { own, type PlainMap } from './plain.ts'
import { shown } from '../core/shown.ts'
import { maxFaults } from './scan.ts'

/** What the OpenAPI schema has against a document; no more than the first few. */
export const schemaFaults = async (document: PlainMap): Promise<readonly ExportFault[]> => {
  validator ??= loadValidator()
  const { valid, errors } = await (await validator).validate({ ...document })
  if (valid) return []
  if (!Array.isArray(errors)) return [{ pointer: '', message: String(errors) }]
  const faults = errors.filter(isTelling).map(faultOf)
  const distinct = new Map(faults.map((fault) => [`${fault.pointer}\n${fault.message}`, fault]))
  return [...distinct.values()].slice(0, maxFaults)
}

/** Kept, as compiling a schema takes longer than checking with it. */
let validator: Promise<Validator> | undefined

const loadValidator = async (): Promise<Validator> => {
  const library = await import('@seriousme/openapi-schema-validator')
  return new library.Validator({ allErrors: true })
}

interface SchemaError {
  readonly keyword: string
  readonly instancePath: string
  readonly params: unknown
  readonly message?: string
}

/** A choice that failed is told by what each of its branches missed; nobody meant to write `$ref`. */
const isTelling = ({ keyword, params }: SchemaError): boolean =>
  !(keyword === 'required' && own(params, 'missingProperty') === '$ref')

const faultOf = ({ instancePath, params, message }: SchemaError): ExportFault => ({
  pointer: instancePath,
  message: `${String(message)}${detailOf(params)}`,
})

const detailOf = (params: unknown): string => {
  const property = own(params, 'additionalProperty')
  if (property !== undefined) return `: ${shown(property)}`
  const allowed = own(params, 'allowedValues')
  return Array.isArray(allowed) ? `: ${allowed.map(shown).join(', ')}` : ''
}

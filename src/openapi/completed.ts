// The copy of an export that is held against the OpenAPI schema. API Gateway's exports deviate from
// the specification in known ways; those are made good here, so that only real mistakes are left.
// The copy is for that check alone: nothing else is read from it.
import { entriesOf, isPlainMap, own, type PlainMap } from './plain.ts'
import type { Version } from './version.ts'

/** The methods of a path item that API Gateway knows. */
export const methodKeys = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const

/**
 * A copy without extensions (`x-…`) and models, which are not OpenAPI's to judge or not used at all,
 * and with what API Gateway leaves out: responses, their descriptions, the flows of oauth2.
 */
export const completedCopy = (document: PlainMap, version: Version): PlainMap => {
  const copy = withoutExtensions(document) as PlainMap
  return mapKeys(copy, {
    info: (info) => mapKeys(info, { version: textOfNumber }),
    paths: (paths) => mapAll(paths, completedPath),
    definitions: emptied,
    securityDefinitions: (schemes) => mapAll(schemes, completedScheme(version)),
    components: (components) =>
      mapKeys(components, {
        schemas: emptied,
        securitySchemes: (schemes) => mapAll(schemes, completedScheme(version)),
      }),
  })
}

type Change = (value: unknown) => unknown

const withoutExtensions = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutExtensions)
  if (!isPlainMap(value)) return value
  const entries = entriesOf(value).filter(([key]) => !key.startsWith('x-'))
  return Object.fromEntries(
    entries.map(([key, child]) => [
      key,
      key === 'schema' && isPlainMap(child) ? {} : withoutExtensions(child),
    ]),
  )
}

/** With changes to the keys that it has; anything but a map stays what it is, for the schema to see. */
const mapKeys = (value: unknown, changes: Readonly<Record<string, Change>>): PlainMap => {
  if (!isPlainMap(value)) return value as PlainMap
  return Object.fromEntries(
    entriesOf(value).map(([key, child]) => {
      const change = Object.hasOwn(changes, key) ? changes[key] : undefined
      return [key, change === undefined ? child : change(child)]
    }),
  )
}

const mapAll = (value: unknown, change: Change): unknown =>
  isPlainMap(value)
    ? Object.fromEntries(entriesOf(value).map(([key, child]) => [key, change(child)]))
    : value

const emptied = (models: unknown): unknown => mapAll(models, () => ({}))

const textOfNumber = (value: unknown): unknown =>
  typeof value === 'number' ? String(value) : value

const completedPath = (item: unknown): unknown =>
  mapKeys(item, Object.fromEntries(methodKeys.map((key) => [key, completedOperation])))

const completedOperation = (operation: unknown): unknown => {
  if (!isPlainMap(operation)) return operation
  const responses = own(operation, 'responses') ?? {}
  const isEmpty = isPlainMap(responses) && Object.keys(responses).length === 0
  const completed = isEmpty ? { default: {} } : responses
  return { ...operation, responses: mapAll(completed, completedResponse) }
}

const completedResponse = (response: unknown): unknown =>
  isPlainMap(response) && own(response, '$ref') === undefined
    ? { description: '', ...response }
    : response

/** A JWT authorizer is exported as oauth2 and nothing else. */
const completedScheme =
  (version: Version): Change =>
  (scheme) => {
    if (own(scheme, 'type') !== 'oauth2' || !isPlainMap(scheme)) return scheme
    const flow = { flow: 'implicit', authorizationUrl: 'https://auth.invalid/', scopes: {} }
    return version === '2.0' ? { ...flow, ...scheme } : { flows: {}, ...scheme }
  }

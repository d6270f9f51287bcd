// Which OpenAPI an export is written in, and where that version keeps things.
import { fail, ok, type Result } from '../core/result.ts'
import type { ExportFault } from '../core/exported-api.ts'
import { own, type PlainMap } from './plain.ts'
import type { Found } from './refs.ts'
import { shown } from '../core/shown.ts'

export type Version = '2.0' | '3.0'

/** The version of an export. API Gateway exports 2.0 and 3.0; a 3.1 reads differently. */
export const versionOf = (document: PlainMap): Result<Version, readonly ExportFault[]> => {
  const swagger = own(document, 'swagger')
  const openapi = own(document, 'openapi')
  if (swagger !== undefined && openapi !== undefined) {
    return refuse('', 'has both swagger and openapi; an export has one of the two')
  }
  if (swagger !== undefined) {
    if (swagger === '2.0') return ok('2.0')
    return refuse('/swagger', `${shown(swagger)} is not "2.0"`)
  }
  if (openapi === undefined) {
    return refuse('', 'is no OpenAPI document: it has neither openapi nor swagger')
  }
  if (typeof openapi === 'string' && /^3\.0\.\d{1,3}$/.test(openapi)) return ok('3.0')
  return refuse(
    '/openapi',
    `${shown(openapi)} is not a version that is read: "3.0.x", or swagger: "2.0"`,
  )
}

/** The security schemes of an export. */
export const schemesPlace = (document: PlainMap, version: Version): Found =>
  version === '2.0'
    ? { value: own(document, 'securityDefinitions'), pointer: '/securityDefinitions' }
    : {
        value: own(own(document, 'components'), 'securitySchemes'),
        pointer: '/components/securitySchemes',
      }

/** The models of an export. */
export const modelsPlace = (document: PlainMap, version: Version): Found =>
  version === '2.0'
    ? { value: own(document, 'definitions'), pointer: '/definitions' }
    : { value: own(own(document, 'components'), 'schemas'), pointer: '/components/schemas' }

const refuse = (pointer: string, message: string): Result<never, readonly ExportFault[]> =>
  fail([{ pointer, message }])

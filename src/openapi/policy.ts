// The resource policy of a REST API. The gate evaluates none, so an export is believed only when its
// policy lets everybody in.
import type { ExportFault } from '../core/exported-api.ts'
import { isGiven, isPlainMap, own, type PlainMap } from './plain.ts'

const policyKey = 'x-amazon-apigateway-policy'

/** Why nothing of the export may be open to anyone; undefined when its policy asks for nothing. */
export const policyFault = (document: PlainMap): ExportFault | undefined => {
  if (!Object.hasOwn(document, policyKey)) return undefined
  const given = own(own(document, policyKey), 'Statement')
  const statements: readonly unknown[] = Array.isArray(given) ? given : [given]
  const onlyAllows = statements.every((statement) => own(statement, 'Effect') === 'Allow')
  if (onlyAllows && statements.some(allowsAll)) return undefined
  return {
    pointer: `/${policyKey}`,
    message:
      'the resource policy restricts who may call the API, and the gate evaluates none: every operation is imported as DENY',
  }
}

const known: readonly string[] = ['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition']

/** A statement that lets everybody call everything: no condition, no exception. */
const allowsAll = (statement: unknown): boolean =>
  isPlainMap(statement) &&
  Object.keys(statement).every((key) => known.includes(key)) &&
  !isGiven(own(statement, 'Condition')) &&
  isEverybody(own(statement, 'Principal')) &&
  some(own(statement, 'Action'), /^(?:\*|execute-api:(?:\*|Invoke))$/i) &&
  some(
    own(statement, 'Resource'),
    /^(?:\*|execute-api:\/\*(?:\/\*){0,2}|arn:[\w-]+:execute-api:[\w*-]*:[\d*]*:[\w*]+\/\*(?:\/\*){0,2})$/,
  )

const isEverybody = (principal: unknown): boolean =>
  principal === '*' || some(own(principal, 'AWS'), /^\*$/)

const some = (value: unknown, form: RegExp): boolean =>
  [value].flat().some((item) => typeof item === 'string' && form.test(item))

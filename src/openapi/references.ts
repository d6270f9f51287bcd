// Whether the value of a parameter mapping can be carried over: a text, or references to what the
// gate knows of a request. Syntax and meaning are checked again with the configuration.
import { contextNames } from '../core/expression.ts'

/** A REST API's value: one literal in single quotes, or one reference. */
export const isRestValue = (text: string): boolean => {
  if (text.startsWith("'")) return /^'[\x20-\x26\x28-\x7e]*'$/.test(text)
  if (/^(?:method\.|stageVariables\.|context\.)/.test(text)) {
    return isReference(text.replace(/^method\./, ''))
  }
  return false
}

const reference = String.raw`(?:request|context|stageVariables)(?:\.[\w-]+(?:[.:][\w-]+)*)?`
const either = new RegExp(String.raw`\$(?:\{(${reference})\}|(${reference}))`, 'g')

/** An HTTP API's value: text with `$name` or `${name}` in it. */
export const isHttpValue = (text: string): boolean => {
  // A literal or a reference in the words of REST APIs is a mistake, not a text.
  if (/^'.*'$|^(?:method\.request|context|stageVariables)\./.test(text)) return false
  const found = [...text.matchAll(either)].map((match) => String(match[1] ?? match[2]))
  return /^[\x20-\x23\x25-\x7e]*$/.test(text.replace(either, '')) && found.every(isReference)
}

/** A reference without the `$` and the `method.` in front. */
const isReference = (path: string): boolean => {
  if (path === 'request.path') return true
  const context = /^context\.(.+)$/.exec(path)?.[1]
  if (context !== undefined) return isContext(context)
  return /^(?:stageVariables|request\.(?:(?:multivalue)?(?:header|querystring)|path))\.[\x21-\x7e]+$/.test(
    path,
  )
}

const isContext = (name: string): boolean => {
  if (/^authorizer\.(?:jwt\.)?claims\.[\x21-\x7e]+$/.test(name)) return true
  return !name.startsWith('error.') && contextNames.some((known) => known === name)
}

// Where a token is looked for, in API Gateway's words for it.
import type { AuthorizerSettings, IdentitySource } from '../core/settings.ts'
import { checkHeaderName } from './headers.ts'
import { shown, type Report } from './problem.ts'

interface Form {
  readonly in: IdentitySource['in']
  readonly prefix: string
}

const forms = {
  COGNITO_USER_POOLS: [{ in: 'header', prefix: 'method.request.header.' }],
  JWT: [
    { in: 'header', prefix: '$request.header.' },
    { in: 'query', prefix: '$request.querystring.' },
  ],
} as const satisfies Record<AuthorizerSettings['type'], readonly Form[]>

/** The identity source that `text` names; after a problem, some source that is never used. */
export const parseIdentitySource = (
  text: string,
  type: AuthorizerSettings['type'],
  at: string,
  report: Report,
): IdentitySource => {
  const form = forms[type].find(({ prefix }) => text.startsWith(prefix))
  const name = text.slice(form?.prefix.length ?? text.length)
  if (form === undefined || name === '') {
    const allowed = forms[type].map(({ prefix }) => `${prefix}NAME`).join(' or ')
    report(at, `${shown(text)} is not of the form ${allowed}`)
  } else if (form.in === 'query') {
    if (!/^[\w.~-]+$/.test(name)) report(at, `${shown(name)} is not the plain name of a parameter`)
    return { in: 'query', name }
  } else {
    checkHeaderName(name, 'client', at, report)
  }
  return { in: 'header', name: name.toLowerCase() }
}

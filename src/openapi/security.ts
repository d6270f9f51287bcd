// Who may call an operation. Only what is fully understood becomes a rule: everything else is denied.
import type { RefusedScheme, Scheme } from './authorizers.ts'
import { isGiven, isPlainMap, isTextList, own, type PlainMap } from './plain.ts'
import { shown } from '../core/shown.ts'
import { below } from './pointer.ts'
import type { Operation } from './paths.ts'

export type Access =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'token'
      readonly authorizer: string
      /** Any one of them is enough; none asks for none. */
      readonly scopes: readonly string[]
    }
  | { readonly kind: 'denied'; readonly pointer: string; readonly message: string }

const authKey = 'x-amazon-apigateway-auth'

/**
 * Who may call the operation. API Gateway ignores the root's `security`; where there is one, or
 * authentication is spoken of at the root or the path, an operation without its own is denied instead
 * of opened, since its author may have meant it.
 */
export const accessOf = (
  operation: Operation,
  document: PlainMap,
  schemes: ReadonlyMap<string, Scheme>,
): Access => {
  const { node, pointer } = operation
  const auth = own(node, authKey)
  if (auth !== undefined) {
    const fault = faultOfAuth(auth, own(node, 'security'))
    if (fault !== undefined) return deny(below(pointer, authKey), fault)
    return { kind: 'open' }
  }
  const security = own(node, 'security')
  if (security !== undefined) return accessOfList(security, below(pointer, 'security'), schemes)
  const around = [own(document, 'security'), own(document, authKey), operation.itemAuth]
  if (!around.some(isGiven)) return { kind: 'open' }
  return deny(
    pointer,
    'has no security of its own; API Gateway ignores what stands around it, so it is open there, but hardly meant to be',
  )
}

const deny = (pointer: string, message: string): Access => ({ kind: 'denied', pointer, message })

/** `x-amazon-apigateway-auth` says NONE or AWS_IAM. */
const faultOfAuth = (auth: unknown, security: unknown): string | undefined => {
  const type = own(auth, 'type')
  if (type === 'AWS_IAM') return 'is signed by IAM, which the gate does not verify'
  if (type !== 'NONE') return `has the type ${shown(type)}, which is not known here`
  const isOpen = security === undefined || (Array.isArray(security) && security.length === 0)
  return isOpen ? undefined : 'says NONE, but security says otherwise'
}

const accessOfList = (
  security: unknown,
  pointer: string,
  schemes: ReadonlyMap<string, Scheme>,
): Access => {
  if (!Array.isArray(security)) return deny(pointer, `${shown(security)} is not a list`)
  if (security.length === 0) return { kind: 'open' }
  const names = security.flatMap((entry) => (isPlainMap(entry) ? Object.keys(entry) : []))
  const key = names.find((name) => schemes.get(name)?.kind === 'api key')
  if (key !== undefined)
    return deny(pointer, `needs the API key ${shown(key)}, which the gate does not check`)
  const [entry, ...others] = security as readonly unknown[]
  if (others.length > 0) return deny(pointer, 'has alternatives, of which the gate knows none')
  if (!isPlainMap(entry))
    return deny(below(pointer, 0), `${shown(entry)} is no security requirement`)
  const [name, ...more] = names
  if (name === undefined)
    return deny(below(pointer, 0), 'is an optional requirement, which would let everyone pass')
  if (more.length > 0) return deny(below(pointer, 0), 'needs several schemes at once')
  return accessOfScheme(name, entry[name], { pointer: below(pointer, 0, name), schemes })
}

const accessOfScheme = (
  name: string,
  scopes: unknown,
  { pointer, schemes }: { readonly pointer: string; readonly schemes: ReadonlyMap<string, Scheme> },
): Access => {
  const scheme = schemes.get(name)
  if (scheme === undefined)
    return deny(pointer, `needs ${shown(name)}, and there is no scheme of that name`)
  if (scheme.kind !== 'authorizer') return deny(pointer, refusal(name, scheme))
  if (!isTextList(scopes)) return deny(pointer, 'has scopes that are not a list of texts')
  return { kind: 'token', authorizer: name, scopes: [...new Set(scopes)] }
}

const refusal = (name: string, { message, pointer }: RefusedScheme): string =>
  `needs ${shown(name)} (${pointer}), which ${message}`

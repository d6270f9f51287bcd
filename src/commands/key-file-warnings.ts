// What `check` says of local key sets, which the rest of a configuration's checks do not look into.
import { readFileSync } from 'node:fs'
import type { Warning } from '../config/warnings.ts'
import type { Settings } from '../core/settings.ts'
import { parseKeySet } from '../token/key-set.ts'

/** Members of a JWK that nobody but its owner may have (RFC 7518 §6.2.2, §6.3.2, §6.4.1). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** Warnings of key files, which loading has found to be key sets. */
export const keyFileWarnings = ({ authorizers }: Settings): readonly Warning[] =>
  authorizers.flatMap(({ name, issuers }) =>
    issuers.flatMap(({ keys }) =>
      keys.kind === 'file'
        ? messagesAbout(keys.path).map((message) => ({
            path: `authorizers.${name}.jwksFile`,
            message,
          }))
        : [],
    ),
  )

const messagesAbout = (path: string): readonly string[] => {
  const { keys } = JSON.parse(readFileSync(path, 'utf8')) as { readonly keys: readonly unknown[] }
  const set = parseKeySet({ keys })
  const secret = keys.some(
    (key) => typeof key === 'object' && key !== null && privateMembers.some((name) => name in key),
  )
  return [
    ...(set.ok ? set.value.skipped.map((reason) => `is not used: ${reason}`) : []),
    ...(set.ok ? [] : [`${set.error}; every token is refused with 503 until it has one`]),
    ...(secret
      ? ['holds a private key: whoever reads the file can sign tokens; keep only public members']
      : []),
  ]
}

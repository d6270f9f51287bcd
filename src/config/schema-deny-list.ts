// The keys of `denyList`, and those of an entry of the file that it names.
import { deniedClaims } from '../core/settings.ts'
import type { Table } from './leaf.ts'

export const denyListTable = {
  file: {
    doc: "YAML or JSON file that lists revoked tokens, judged on every request and read again when it changes. '' revokes none.",
    format: 'text',
    default: '',
  },
} as const satisfies Table

export const deniedTokenTable = {
  claim: {
    doc: 'What the value is compared with: a claim of the payload, or kid, the key that signed the token.',
    format: 'word',
    default: null,
    words: deniedClaims,
    required: true,
  },
  value: {
    doc: 'What the claim must be for the token to be refused, compared as text.',
    format: 'text',
    default: null,
    required: true,
  },
  issuer: {
    doc: "Refuses tokens of this issuer only, compared to the byte. '' refuses those of every issuer.",
    format: 'text',
    default: '',
  },
} as const satisfies Table

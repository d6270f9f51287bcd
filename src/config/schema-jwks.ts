// The keys of `jwks`: when signing keys are fetched, how long they are used, and who may vouch for where
// they come from.
import type { Table } from './leaf.ts'

export const jwksTable = {
  refreshSeconds: {
    doc: 'Seconds between two background fetches of the signing keys of an issuer.',
    format: 'whole',
    default: 3600,
    min: 1,
    max: 86_400,
  },
  maxStaleSeconds: {
    doc: 'Seconds after the last successful fetch for which keys are used while the issuer cannot be reached. Not less than refreshSeconds.',
    format: 'whole',
    default: 86_400,
    min: 1,
    max: 2_592_000,
  },
  timeoutMs: {
    doc: 'Milliseconds that one fetch of keys may take.',
    format: 'whole',
    default: 1500,
    min: 10,
    max: 60_000,
  },
  unknownKidCooldownSeconds: {
    doc: 'Seconds between two fetches that tokens with an unknown key id may cause, for each issuer.',
    format: 'whole',
    default: 10,
    min: 1,
    max: 3600,
  },
  startupWaitSeconds: {
    doc: 'Seconds after the start from which the gate is ready even if an issuer has not answered yet.',
    format: 'whole',
    default: 60,
    min: 0,
    max: 3600,
  },
  maxBytes: {
    doc: 'Bytes that a key set may have at the most.',
    format: 'whole',
    default: 150_000,
    min: 1000,
    max: 10_000_000,
  },
  caFile: {
    doc: "PEM file of certificate authorities to trust for https:// key sets and discovery documents, besides those of Node.js. '' adds none.",
    format: 'text',
    default: '',
  },
} as const satisfies Table

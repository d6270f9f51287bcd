// The keys of `statusPage`: the listener that shows the state of the gate to who can reach loopback.
import type { Table } from './leaf.ts'

export const statusPageTable = {
  enabled: {
    doc: 'Whether there is a status page at /, and its JSON at /status: authorizers and their keys, routes with their counts, the last 50 refusals.',
    format: 'flag',
    default: false,
  },
  host: {
    doc: 'Address of the status page, which asks for no credentials: one of loopback, or localhost. kubectl port-forward and ssh -L reach it there.',
    format: 'text',
    default: '127.0.0.1',
  },
  port: {
    doc: 'Port of the status page; 0 takes any free one, and the log says which.',
    format: 'whole',
    default: 9092,
    min: 0,
    max: 65535,
  },
} as const satisfies Table

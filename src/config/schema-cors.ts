// The keys of `cors`, in the words of API Gateway's HTTP APIs.
import type { Table } from './leaf.ts'

export const corsTable = {
  allowOrigins: {
    doc: 'Origins whose pages may read answers, such as https://app.example.com; * for all, https://* and http://* for all of a scheme. [] leaves CORS to the upstream. For apiType HTTP.',
    format: 'list',
    default: [],
  },
  allowMethods: {
    doc: 'Methods that a preflight is told of; * allows the one that is asked for.',
    format: 'list',
    default: [],
  },
  allowHeaders: {
    doc: 'Request headers that a preflight is told of; * allows those that are asked for.',
    format: 'list',
    default: [],
  },
  exposeHeaders: {
    doc: 'Headers of answers that pages may read.',
    format: 'list',
    default: [],
  },
  allowCredentials: {
    doc: 'Whether browsers may send cookies and the like. Not together with the origin *.',
    format: 'flag',
    default: false,
  },
  maxAge: {
    doc: 'Seconds for which a browser may keep the answer to a preflight; -1 forbids it to.',
    format: 'whole',
    default: null,
    min: -1,
    max: 86_400,
  },
} as const satisfies Table

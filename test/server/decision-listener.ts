// A decision listener on a free port, with the gate behind it replaced by plain functions.
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { LimitSettings } from '../../src/core/settings.ts'
import type { DenialCode } from '../../src/core/denial.ts'
import { systemClock } from '../../src/observe/clock.ts'
import type { RequestLine } from '../../src/observe/request-log.ts'
import { createAnswerRefusal } from '../../src/server/answer-refusal.ts'
import type { DecisionGate } from '../../src/server/decision-gate.ts'
import { createDecisionListener, type DecisionServerOptions } from '../../src/server/decision.ts'
import { answerSettings } from '../helpers/answer-settings.ts'
import { limits, permit, type Teardown } from './data-listener.ts'

export interface DecisionBooks {
  readonly decided: number[]
  readonly early: DenialCode[]
  readonly lines: RequestLine[]
  readonly warnings: unknown[]
}

export interface DecisionListener extends DecisionBooks {
  readonly server: Server
  readonly port: number
}

export type DecisionListenerOptions = Partial<Omit<DecisionServerOptions, 'limits' | 'gate'>> & {
  readonly limits?: Partial<LimitSettings>
  readonly gate?: Partial<DecisionGate>
}

const refused = createAnswerRefusal({ ...answerSettings, limits })

/** Permits everything and tells in a header what it was asked about, unless told otherwise. */
export const startDecisionListener = async (
  t: Teardown,
  options: DecisionListenerOptions = {},
): Promise<DecisionListener> => {
  const books: DecisionBooks = { decided: [], early: [], lines: [], warnings: [] }
  const gate: DecisionGate = {
    judge: () => permit,
    permitted: (_permit, { facts }) => ({
      status: 200,
      headers: ['X-Asked', `${facts?.method} ${facts?.target}`],
      body: '',
    }),
    refused,
    ...options.gate,
  }
  const { server } = createDecisionListener({
    trustedPeers: ['127.0.0.1/32'],
    apiType: 'REST',
    trustedProxies: [],
    recorder: {
      decisionFinished: (ms) => void books.decided.push(ms),
      refusedEarly: (code) => void books.early.push(code),
    },
    requestLog: { wants: () => true, write: (line) => void books.lines.push(line) },
    clock: systemClock,
    log: { warn: (fields, message) => void books.warnings.push({ ...fields, message }) },
    draining: () => false,
    ...options,
    gate: () => gate,
    limits: { ...limits, ...options.limits },
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return Object.assign(books, { server, port: (server.address() as AddressInfo).port })
}

/** The bytes of a question about `GET /a`, by one of the three ways. */
export const question = (path: string, lines: readonly string[] = []): string =>
  [`GET ${path} HTTP/1.1`, 'Host: gate', ...lines, '', ''].join('\r\n')

export const original = ['X-Original-Method: GET', 'X-Original-URI: /a']
export const forwarded = ['X-Forwarded-Method: GET', 'X-Forwarded-Uri: /a']

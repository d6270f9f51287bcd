// `node:http` as `require` gives it. An import asks it for each of its exports, and on Node.js 24 three of
// them load the whole of fetch with WebSocket and caches: a tenth of the gate's start, and 8 MB.
import { createRequire } from 'node:module'
import type * as Http from 'node:http'

const http = createRequire(import.meta.url)('node:http') as typeof Http

export const { Agent, IncomingMessage, METHODS, STATUS_CODES, ServerResponse, createServer } = http
export type Agent = Http.Agent
export type IncomingMessage = Http.IncomingMessage

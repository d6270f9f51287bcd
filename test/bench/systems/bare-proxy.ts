// Node's HTTP server and an undici client for each connection, passing everything on: what a proxy made
// of these two costs at the least, before it knows of tokens, headers, limits or faults.
import { startProgram } from '../../e2e/helpers/program.ts'
import { measuredProcessor, pinned } from '../processors.ts'
import type { StartSystem } from './system.ts'

const script = (upstream: string): string => `
const { createServer } = require('node:http')
const { Client } = require('undici')
const free = []
const hop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'expect'])
class Handler {
  constructor(response, client) {
    this.response = response
    this.client = client
    this.held = undefined
    this.begun = false
  }
  onConnect() {}
  onResponseStarted() {}
  onHeaders(status, raw, resume, text) {
    const lines = []
    for (let index = 0; index < raw.length; index += 2) {
      const name = raw[index].toString('latin1')
      if (!hop.has(name.toLowerCase())) lines.push(name, raw[index + 1].toString('latin1'))
    }
    this.response.writeHead(status, text, lines)
    this.response.on('drain', resume)
    return true
  }
  onData(chunk) {
    if (!this.begun && this.held === undefined && chunk.length <= 4096) {
      this.held = chunk
      return true
    }
    if (this.held !== undefined) this.response.write(this.held)
    this.held = undefined
    this.begun = true
    return this.response.write(chunk)
  }
  onComplete() {
    free.push(this.client)
    this.response.end(this.held === undefined ? '' : this.held.toString('latin1'), 'latin1')
  }
  onError() {
    this.response.destroy()
  }
}
const server = createServer({ noDelay: true }, (request, response) => {
  const { method, url, rawHeaders } = request
  const headers = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (!hop.has(rawHeaders[index].toLowerCase())) headers.push(rawHeaders[index], rawHeaders[index + 1])
  }
  const client = free.pop() ?? new Client('${upstream}', { pipelining: 1 })
  const body = method === 'GET' ? null : request
  client.dispatch({ path: url, method, headers, body }, new Handler(response, client))
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
`

export const startBareProxy: StartSystem = async ({ scope, upstreamPort }) => {
  const args = ['--eval', script(`http://127.0.0.1:${upstreamPort}`)]
  const program = startProgram(scope, ...pinned(measuredProcessor, process.execPath, args))
  const port = await program.until(() => /^(\d+)\n/.exec(program.stdout())?.[1])
  return { url: `http://127.0.0.1:${port}`, group: program.pid }
}

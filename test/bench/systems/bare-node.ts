// Node's own HTTP server and nothing else, answering every request as the gate answers one without a
// token: what a refusal costs at the least.
import { startProgram } from '../../e2e/helpers/program.ts'
import { measuredProcessor, pinned } from '../processors.ts'
import type { StartSystem } from './system.ts'

const script = `
const body = '{"message":"Unauthorized"}'
const server = require('node:http').createServer((request, response) => {
  response.writeHead(401, {
    'Content-Type': 'application/json',
    'x-amzn-RequestId': '5f0c1c9e-70b1-40f5-9c2d-0a1b2c3d4e5f',
    'x-amzn-ErrorType': 'UnauthorizedException',
    'Content-Length': '26',
  })
  response.end(body)
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
`

export const startBareNode: StartSystem = async ({ scope }) => {
  const args = ['--eval', script]
  const program = startProgram(scope, ...pinned(measuredProcessor, process.execPath, args))
  const port = await program.until(() => /^(\d+)\n/.exec(program.stdout())?.[1])
  return { url: `http://127.0.0.1:${port}`, group: program.pid }
}

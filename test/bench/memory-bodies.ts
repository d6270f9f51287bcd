// Does a large body, up or down, pass through the gate without being held by it?
import { truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { runCurl } from '../e2e/helpers/curl.ts'
import { ephemeralListeners, imageFlags, startGate, type Gate } from '../e2e/helpers/gate.ts'
import { startNginx } from '../e2e/helpers/nginx.ts'
import type { Scope } from '../e2e/helpers/program.ts'
import { tempDir } from '../e2e/helpers/temp-dir.ts'
import { mebibyte, peakBytes, resetPeak, residentBytes } from './resident-memory.ts'

export interface BodyMemoryReport {
  readonly direction: 'upload' | 'download'
  /** Bytes that arrived at the other end. */
  readonly arrived: number
  readonly beforeBytes: number
  readonly peakBytes: number
}

/** The bound: what one transfer may make the gate larger by, at any moment of it. */
export const bodyMemoryRiseBytes = 64 * mebibyte

/** Sends `size` bytes up through one gate and fetches as many down through another, with curl. */
export const measureBodyMemory = async (
  scope: Scope,
  size: number,
): Promise<readonly BodyMemoryReport[]> => [
  await measureUpload(scope, size),
  await measureDownload(scope, size),
]

const measureUpload = async (scope: Scope, size: number): Promise<BodyMemoryReport> => {
  const gate = await startPublicGate(scope, await startCounter(scope))
  const small = sparseFile(tempDir(scope), mebibyte)
  const large = sparseFile(tempDir(scope), size)
  const upload = (file: string): Promise<string> =>
    runCurl(['--upload-file', file, `${gate.url}/up`])
  await upload(small)
  const beforeBytes = startPeak(gate)
  const arrived = Number(await upload(large))
  return { direction: 'upload', arrived, beforeBytes, peakBytes: peakBytes(gate.pid) }
}

const measureDownload = async (scope: Scope, size: number): Promise<BodyMemoryReport> => {
  const nginx = await startNginx(scope)
  const gate = await startPublicGate(scope, nginx.url)
  sparseFile(nginx.filesDir, size)
  const count = ['--output', '/dev/null', '--write-out', '%{size_download}']
  const download = (...args: readonly string[]): Promise<string> =>
    runCurl([...count, ...args, `${gate.url}/files/sparse`])
  await download('--range', `0-${mebibyte - 1}`)
  const beforeBytes = startPeak(gate)
  const arrived = Number(await download())
  return { direction: 'download', arrived, beforeBytes, peakBytes: peakBytes(gate.pid) }
}

const startPublicGate = (scope: Scope, upstream: string): Promise<Gate> =>
  startGate(scope, {
    flags: imageFlags(),
    config: `${ephemeralListeners}
upstream: { url: '${upstream}' }
routes: [{ path: '/{proxy+}', method: ANY, authorizationType: NONE }]
`,
  })

const startPeak = (gate: Gate): number => {
  resetPeak(gate.pid)
  return residentBytes(gate.pid)
}

/** An upstream that reads every body to its end and answers with its length. */
const startCounter = async (scope: Scope): Promise<string> => {
  const server = createServer((request, response) => {
    let bytes = 0
    request.on('data', (chunk: Buffer) => (bytes += chunk.length))
    request.on('end', () => response.end(String(bytes)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  scope.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A file of zeros that takes no room on the disk. */
const sparseFile = (dir: string, size: number): string => {
  const file = join(dir, 'sparse')
  writeFileSync(file, '')
  truncateSync(file, size)
  return file
}

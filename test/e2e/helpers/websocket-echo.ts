// The WebSocket service of programs/websocket-echo.ts as a real process.
import { resolve } from 'node:path'
import { freePort } from './free-port.ts'
import { startProgram, type Program, type Scope } from './program.ts'

export interface EchoService {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  readonly program: Program
  /** Asked of itself, past the gate. */
  readonly state: () => Promise<EchoState>
}

export interface EchoState {
  /** Upgraded connections that are there now. */
  readonly connections: number
  /** How WebSockets have ended there: how many by code. */
  readonly ended: Readonly<Record<string, number>>
}

/** What the service has seen of a handshake. */
export interface SeenHandshake {
  readonly method: string
  readonly url: string
  readonly httpVersion: string
  readonly headers: Readonly<Record<string, string>>
  /** Flat: name, value… */
  readonly rawHeaders: readonly string[]
}

const script = resolve('test/e2e/programs/websocket-echo.ts')

/** Starts the service and waits until it listens. */
export const startEchoService = async (scope: Scope): Promise<EchoService> => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  // TypeScript is loaded as it is for this very file.
  const loader = process.execArgv.filter((option) => option.endsWith('tsx'))
  const program = startProgram(scope, process.execPath, [...loader, script, String(port)])
  await program.until(() => (program.stdout().includes('listening') ? true : undefined))
  return {
    url,
    program,
    state: async () => (await (await fetch(`${url}/state`)).json()) as EchoState,
  }
}

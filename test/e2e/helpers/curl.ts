// Sends one request with curl and reads its answer as data. The path goes out as given, and no proxy
// of the machine's environment is asked.
import { execFile } from 'node:child_process'

export interface CurlAnswer {
  readonly status: number
  /** Header lines in the order received: name, value. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

/** Runs `curl ARGS`; rejects when curl itself fails: no connection, a cut body, its time-out. */
export const curl = async (...args: readonly string[]): Promise<CurlAnswer> =>
  parseAnswer(await runCurl(['--include', ...args]))

/** Runs curl and returns what it prints, for transfers whose body is not wanted. */
export const runCurl = (args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const fixed = ['--silent', '--show-error', '--path-as-is', '--noproxy', '*', '--max-time', '60']
    const options = { encoding: 'latin1', maxBuffer: 16 * 1024 * 1024 } as const
    execFile('curl', [...fixed, ...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`curl failed: ${stderr.trim()}`))
    })
  })

/** Every value of a header, in the order received; an empty list when it is absent. */
export const headerValues = (answer: CurlAnswer, name: string): readonly string[] =>
  answer.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)

const parseAnswer = (text: string): CurlAnswer => {
  const end = text.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n')
  const status = Number(statusLine.split(' ')[1])
  const body = text.slice(end + 4)
  // Interim answers come first: 100 Continue, 103 Early Hints.
  if (status < 200) return parseAnswer(body)
  return { status, headers: lines.map(parseHeaderLine), body }
}

const parseHeaderLine = (line: string): readonly [string, string] => {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1).trim()]
}

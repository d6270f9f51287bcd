// A client's end of one kept-alive connection: sends bytes as they are and waits for what comes of them.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { readAnswers, type WholeAnswer } from '../strict-answer.ts'
import type { Sent } from './sent.ts'

export interface Heard {
  /** Final answers, in order. */
  readonly answers: readonly WholeAnswer[]
  /** '' is right. */
  readonly fault: string
}

export interface Line {
  /** Sends the pieces one after another; settles once all is answered or the connection is over. */
  readonly say: (pieces: readonly string[], sent: Sent) => Promise<Heard>
  readonly close: () => void
}

/** How long nothing may come before the client ends what it never made whole; milliseconds. */
const patienceMs = 25
/** How long a whole request may go without an answer. */
const hungMs = 10_000

export const createLine = (port: number): Line => {
  let current: Socket | undefined
  return {
    say: async (pieces, sent) => {
      if (current === undefined || !isOpen(current)) current = await dial(port)
      const socket = current
      const heard = await converse(socket, pieces, sent)
      const over = sent.ending !== 'whole' || heard.answers.some(isLast)
      if (over && !socket.destroyed) {
        socket.destroy()
        await once(socket, 'close')
      }
      return heard
    },
    close: () => current?.destroy(),
  }
}

const isOpen = (socket: Socket): boolean => !socket.destroyed && !socket.readableEnded

const isLast = ({ headers }: WholeAnswer): boolean => headers['connection'] === 'close'

const dial = async (port: number): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

const converse = (socket: Socket, pieces: readonly string[], sent: Sent): Promise<Heard> =>
  new Promise((resolve) => {
    const methods = sent.requests.map(({ method }) => method)
    const isWhole = sent.ending === 'whole'
    let text = ''
    const finish = (closed: boolean, hung = false): void => {
      const { answers, fault } = readAnswers(text, methods, closed)
      const finals = answers.filter(({ status }) => status >= 200)
      const done = closed || hung || fault !== undefined
      if (!done && !(isWhole && finals.length === methods.length)) return
      clearTimeout(timer)
      socket.off('data', onData).off('close', onClose)
      const bad = fault !== undefined && methods.length > 0 ? `the client reads no ${fault}` : ''
      resolve({ answers: finals, fault: hung ? 'no answer' : bad })
    }
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1')
      timer.refresh()
      finish(false)
    }
    const onClose = (): void => finish(true)
    const onQuiet = (): void => {
      if (isWhole) finish(false, true)
      else socket.end()
    }
    const timer = setTimeout(onQuiet, isWhole ? hungMs : patienceMs)
    socket.on('data', onData).on('close', onClose)
    const [first = '', ...rest] = pieces
    socket.write(first, 'latin1')
    for (const piece of rest) setImmediate(() => socket.write(piece, 'latin1'))
  })

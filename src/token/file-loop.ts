// A fetch loop whose source is a local file: it fetches as any other does, and also when the file is
// another one than was read last.
import { createFetchLoop, type FetchLoop, type FetchLoopOptions } from './fetch-loop.ts'
import { createFileWatch } from '../files/file-watch.ts'

/** Makes the loop for the file that `options.load` reads; nothing is looked at before `start`. */
export const createFileLoop = <T>(path: string, options: FetchLoopOptions<T>): FetchLoop => {
  const watch = createFileWatch({
    paths: [path],
    schedule: options.schedule,
    onChange: () => void loop.fetch(),
  })
  const loop = createFetchLoop({
    ...options,
    load: async () => {
      await watch.mark()
      return options.load()
    },
  })
  return {
    ...loop,
    start: () => {
      loop.start()
      watch.start()
    },
    stop: () => {
      watch.stop()
      loop.stop()
    },
  }
}

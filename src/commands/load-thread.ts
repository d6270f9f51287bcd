// What runs on the thread of load-aside.ts: one loading, whose outcome is sent back.
import { parentPort, workerData } from 'node:worker_threads'
import type { AsideReply, AsideRequest } from './load-aside.ts'
import { hasProblems, loadConfiguration } from './configuration.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Loads as `serve` does at its start, but for what the gate reads by itself. */
export const loadOnThread = async ({ file, env, inForce }: AsideRequest): Promise<AsideReply> => {
  const files = new Set<string>()
  const loaded = await loadConfiguration(
    file,
    { env },
    { inForce, onFile: (path) => void files.add(path) },
  )
  return { loaded: hasProblems(loaded) ? loaded : loaded.settings, files: [...files] }
}

if (parentPort !== null) parentPort.postMessage(await loadOnThread(workerData as AsideRequest))

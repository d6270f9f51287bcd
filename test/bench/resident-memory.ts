// The resident memory of another process, as Linux accounts for it; bytes.
import { readFileSync, writeFileSync } from 'node:fs'

export const mebibyte = 1024 * 1024

/** What is resident now. */
export const residentBytes = (pid: number): number => statusField(pid, 'VmRSS')

/** The most that was resident since `resetPeak`. */
export const peakBytes = (pid: number): number => statusField(pid, 'VmHWM')

/** Begins a new peak at what is resident now (proc(5), clear_refs). */
export const resetPeak = (pid: number): void => writeFileSync(`/proc/${pid}/clear_refs`, '5')

const statusField = (pid: number, name: string): number => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const [, kibibytes] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status) ?? []
  if (kibibytes === undefined) throw new Error(`/proc/${pid}/status has no ${name}`)
  return Number(kibibytes) * 1024
}

// What a program has used of its processor, as Linux accounts for it: all processes of a process group,
// so that a server with workers is counted whole.
import { readdirSync, readFileSync } from 'node:fs'
import { measuredProcessor } from './processors.ts'

/** Microseconds in a tick of /proc: USER_HZ is 100 on every Linux that Node.js runs on. */
const tickMicroseconds = 10_000

/** User and system time of the group's living processes so far, in microseconds. */
export const processorMicroseconds = (group: number): number => {
  const ticks = membersOf(group).map(ticksOf)
  return ticks.reduce((sum, each) => sum + each, 0) * tickMicroseconds
}

/** What all programs together have used of one processor so far, in microseconds (proc_stat(5)). */
export const busyMicroseconds = (processor: number): number =>
  busyTicks(readFileSync('/proc/stat', 'latin1'), processor) * tickMicroseconds

/** All but idle and waiting for disks; what a host has taken away counts as used by others. */
export const busyTicks = (stat: string, processor: number): number => {
  const line = stat.split('\n').find((each) => each.startsWith(`cpu${processor} `)) ?? ''
  const [user, nice, system, , , irq, softirq, steal] = line.split(' ').slice(1).map(Number)
  return [user, nice, system, irq, softirq, steal].reduce<number>((sum, each = 0) => sum + each, 0)
}

/** What is resident of the group's processes together, in bytes; shared pages count once (Pss). */
export const groupResidentBytes = (group: number): number =>
  membersOf(group)
    .map((pid) => proportionalBytes(pid))
    .reduce((sum, each) => sum + each, 0)

const membersOf = (group: number): readonly string[] =>
  readdirSync('/proc').filter((name) => /^\d+$/.test(name) && fieldsOf(name)[2] === String(group))

/** The fields of proc_pid_stat(5) from `state` on: the name before them may hold spaces. */
const fieldsOf = (pid: string): readonly string[] => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return [] // It has ended meanwhile.
  }
}

const ticksOf = (pid: string): number => {
  const fields = fieldsOf(pid)
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
}

const proportionalBytes = (pid: string): number => {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1')
    return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

export interface Timed<T> {
  readonly result: T
  /** Processor time of the system's group. */
  readonly microseconds: number
  /** Of the time that its processor worked, what others had, from 0 to 1. */
  readonly othersShare: number
}

/** Does the work, and says what the system used of the measured processor meanwhile, and what others did. */
export const timed = async <T>(
  { group }: { readonly group: number },
  work: () => Promise<T>,
): Promise<Timed<T>> => {
  const [own, all] = [processorMicroseconds(group), busyMicroseconds(measuredProcessor)]
  const result = await work()
  const microseconds = processorMicroseconds(group) - own
  const busy = busyMicroseconds(measuredProcessor) - all
  return { result, microseconds, othersShare: busy > 0 ? Math.max(0, 1 - microseconds / busy) : 0 }
}

// What a program has used of its processor, as Linux accounts for it: all processes of a process group,
// so that a server with workers is counted whole.
import { readdirSync, readFileSync } from 'node:fs'

/** Microseconds in a tick of /proc: USER_HZ is 100 on every Linux that Node.js runs on. */
const tickMicroseconds = 10_000

/** User and system time of the group's living processes so far, in microseconds. */
export const processorMicroseconds = (group: number): number => {
  const ticks = membersOf(group).map(ticksOf)
  return ticks.reduce((sum, each) => sum + each, 0) * tickMicroseconds
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

// What the figures were measured on and against: ratios outlive machines, versions of peers do not.
import { spawnSync } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'
import { programPath } from './requirements.ts'
import { mebibyte } from './resident-memory.ts'

export interface Machine {
  readonly processor: string
  readonly processors: number
  readonly memoryMib: number
  /** Of Linux. */
  readonly kernel: string
  /** By program: `Node.js`, `HAProxy`, …; without those that are not there. */
  readonly versions: Readonly<Record<string, string>>
}

export const describeMachine = (): Machine => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  processors: cpus().length,
  memoryMib: Math.round(totalmem() / mebibyte),
  kernel: release(),
  versions: {
    'Node.js': process.versions.node,
    ...versionOf('HAProxy', 'haproxy', /version ([\d.]+)/i),
    ...versionOf('nginx', 'nginx', /nginx\/([\d.]+)/),
    ...versionOf('Apache', 'apache2', /Apache\/([\d.]+)/),
  },
})

const versionOf = (name: string, program: string, pattern: RegExp): Record<string, string> => {
  const { stdout, stderr } = spawnSync(programPath(program), ['-v'], { encoding: 'utf8' })
  const [, version] = pattern.exec(`${stdout}${stderr}`) ?? []
  return version === undefined ? {} : { [name]: version }
}

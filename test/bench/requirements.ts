// What the benchmarks need of the machine. Nothing is installed: what is missing is named, with the
// command that brings it on Debian.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { processorsHere, processorsNeeded } from './processors.ts'

export interface Requirement {
  readonly what: string
  readonly debianPackage: string
  readonly isThere: () => boolean
}

// Debian keeps servers in /usr/sbin, which is not in everyone's PATH.
const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']

/** Full path of a program; its bare name when it is not there. */
export const programPath = (name: string): string =>
  folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? name

/** Where Debian's Apache keeps its modules. */
export const apacheModules = '/usr/lib/apache2/modules'
/** Where Debian's nginx keeps its own. */
export const nginxModules = '/usr/lib/nginx/modules'

const program = (name: string, debianPackage: string): Requirement => ({
  what: name,
  debianPackage,
  isThere: () => programPath(name) !== name,
})

const file = (path: string, debianPackage: string): Requirement => ({
  what: path,
  debianPackage,
  isThere: () => existsSync(path),
})

/** What no comparison can do without. */
const always: readonly Requirement[] = [
  program('wrk', 'wrk'),
  program('taskset', 'util-linux'),
  program('nginx', 'nginx-light'),
  file(`${nginxModules}/ngx_http_echo_module.so`, 'nginx-light'),
]

/** What single peers need; without it they are left out. */
export const needsOf = {
  nothing: [],
  haproxy: [program('haproxy', 'haproxy')],
  openidc: [
    program('apache2', 'apache2'),
    file(`${apacheModules}/mod_auth_openidc.so`, 'libapache2-mod-auth-openidc'),
  ],
  oauth2: [
    program('apache2', 'apache2'),
    file(`${apacheModules}/mod_oauth2.so`, 'libapache2-mod-oauth2'),
  ],
} as const satisfies Readonly<Record<string, readonly Requirement[]>>

/** Throws with everything that is missing, and how to get it. */
export const requireTools = (): void => {
  const problems = [...explainMissing(always)]
  if (processorsHere() < processorsNeeded) {
    problems.push(`${processorsNeeded} processors are needed, there are ${processorsHere()}`)
  }
  if (problems.length > 0) {
    throw new Error(`the comparison cannot run:\n${problems.map((line) => `  ${line}`).join('\n')}`)
  }
}

/** What is not there, a line each, and a last one that says how to get it; none if all is there. */
export const explainMissing = (requirements: readonly Requirement[]): readonly string[] => {
  const missing = requirements.filter(({ isThere }) => !isThere())
  if (missing.length === 0) return []
  const packages = [...new Set(missing.map(({ debianPackage }) => debianPackage))].join(' ')
  return [
    ...missing.map(({ what }) => `${what} is missing`),
    `on Debian: apt-get install --no-install-recommends ${packages}`,
    '(a /usr/sbin/policy-rc.d that exits with 101 keeps the services from being started)',
  ]
}

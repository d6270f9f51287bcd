// podman and buildah with a storage and settings of their own, so that the stand-ins for the base
// images never meet a machine's real ones. Starts containers as an orchestrator would confine them.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { freePort } from './free-port.ts'
import type { Gate, LogLine } from './gate.ts'
import { startProgram, type Exit, type Program, type Scope } from './program.ts'
import { tempDir } from './temp-dir.ts'

export interface Engine {
  /** Why no container can be built or started here; undefined when they can. */
  readonly unavailable: string | undefined
  /** What the Dockerfile's result is to be called; gone after the test, with its containers. */
  readonly image: string
  /** Runs podman or buildah to the end and gives what it printed; throws unless it exits with 0. */
  readonly run: (command: Command, ...args: readonly string[]) => Promise<string>
  /** Starts one of the two without waiting for its end. */
  readonly start: (command: Command, args: readonly string[]) => Program
}

type Command = 'podman' | 'buildah'

type Env = Readonly<Record<string, string>>

/** What a container may do: nothing but read its image and answer. Its /tmp is read-only too. */
export const confinement = [
  ...['--user=65532:65532', '--read-only', '--read-only-tmpfs=false', '--cap-drop=all'],
  ...['--security-opt=no-new-privileges', '--memory=256m', '--network=host'],
  ...['--http-proxy=false', '--pull=never'],
] as const

/** Makes the base images unless they are kept from an earlier run, and tries whether they start. */
export const createEngine = async (scope: Scope): Promise<Engine> => {
  const env = environment(scope)
  const image = `localhost/cognito-gate-e2e:${process.pid}`
  const start: Engine['start'] = (command, args) => startProgram(scope, command, args, { env })
  const run: Engine['run'] = async (command, ...args) => {
    const { code, stdout, stderr } = await runToEnd(command, args, env)
    if (code === 0) return stdout
    throw new Error(`${command} ${args.join(' ')}: ${String(code)}\n${stderr}`)
  }
  const parts = { image, run, start }
  const missing = ['podman', 'buildah', 'runc', 'debootstrap'].filter(isMissing)
  if (missing.length > 0) return { ...parts, unavailable: `not installed: ${missing.join(', ')}` }
  if (process.getuid?.() !== 0) return { ...parts, unavailable: 'only root can make base images' }

  const cleanUp = (): void => {
    const args = ['rmi', '--force', '--ignore', image]
    spawnSync('podman', args, { env: { ...process.env, ...env } })
  }
  process.once('exit', cleanUp)
  scope.teardown(() => {
    cleanUp()
    process.removeListener('exit', cleanUp)
  })
  return { ...parts, unavailable: (await makeBases(env)) ?? (await tryOut(parts)) }
}

export interface ContainerOptions {
  readonly env: Env
  /** Files and folders of this machine, to be read at the given path of the container. */
  readonly mounts: Readonly<Record<string, string>>
}

export interface Container extends Gate {
  readonly name: string
}

let containers = 0

/** Starts the image with its own command, on free ports of 127.0.0.1, and waits until it listens. */
export const startContainer = async (
  scope: Scope,
  engine: Engine,
  options: ContainerOptions,
): Promise<Container> => {
  containers += 1
  const name = `cognito-gate-e2e-${process.pid}-${containers}`
  const [port, adminPort] = [await freePort(), await freePort()]
  const env = { ...options.env, LISTEN_PORT: String(port), ADMIN_PORT: String(adminPort) }
  const program = engine.start('podman', [
    ...['run', '--rm', '--name', name, ...confinement],
    ...Object.entries(env).map(([key, value]) => `--env=${key}=${value}`),
    ...Object.entries(options.mounts).map(([path, file]) => `--volume=${file}:${path}:ro`),
    engine.image,
  ])
  scope.teardown(() => engine.run('podman', 'rm', '--force', '--ignore', '--time=0', name))
  const log = (): readonly LogLine[] =>
    program
      .stdout()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine)
  await program.until(() => {
    const listening = log().filter(({ msg }) => msg === 'listening')
    return listening.length === 2 ? true : undefined
  })
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    pid: program.pid,
    program,
    log,
    stop: () => stopContainer(engine, name, program),
  }
}

/** As an orchestrator does: SIGTERM, and after the time given SIGKILL, which would be exit code 137. */
const stopContainer = async (engine: Engine, name: string, program: Program): Promise<Exit> => {
  await engine.run('podman', 'stop', '--time=25', name)
  return program.exited
}

/** There are many of these: what each would leave for the end of the test is done at its own end. */
const runToEnd = async (command: string, args: readonly string[], env: Env) => {
  const undo: (() => unknown)[] = []
  const scope: Scope = { teardown: (action) => undo.push(action) }
  const program = startProgram(scope, command, args, { env })
  const { code } = await program.exited
  for (const action of undo) await action()
  return { code, stdout: program.stdout(), stderr: program.stderr() }
}

/** Settings as files, the same for podman, buildah and the script. The storage outlasts the test. */
const environment = (scope: Scope): Env => {
  const dir = tempDir(scope)
  const { XDG_CACHE_HOME = join(homedir(), '.cache') } = process.env
  const cache = join(XDG_CACHE_HOME, 'cognito-gate-e2e')
  const driver = driverFor(cache)
  const storage = join(cache, `containers-${driver}`)
  mkdirSync(storage, { recursive: true })
  const storageConf = join(dir, 'storage.conf')
  writeFileSync(storageConf, storageSettings(driver, storage))
  const containersConf = join(dir, 'containers.conf')
  writeFileSync(containersConf, containerSettings)
  const settings = { CONTAINERS_STORAGE_CONF: storageConf, CONTAINERS_CONF: containersConf }
  return { ...networkSettings(), ...settings }
}

/** How this machine reaches the mirror and the registry; containers are not told. */
const networkSettings = (): Env => {
  const proxies = ['http_proxy', 'https_proxy', 'no_proxy']
  const names = ['NODE_EXTRA_CA_CERTS', 'DEBIAN_MIRROR', 'npm_config_registry', ...proxies]
  const found = [...names, ...proxies.map((name) => name.toUpperCase())].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(found)
}

/** Whether layers can be stacked in this folder. vfs copies them: slower, but it works anywhere. */
const driverFor = (dir: string): 'overlay' | 'vfs' => {
  const at = (name: string): string => join(dir, 'trial', name)
  for (const name of ['lower', 'upper', 'work', 'merged']) mkdirSync(at(name), { recursive: true })
  const layers = `lowerdir=${at('lower')},upperdir=${at('upper')},workdir=${at('work')}`
  const mount = spawnSync('mount', ['-t', 'overlay', 'overlay', '-o', layers, at('merged')])
  if (mount.status === 0) spawnSync('umount', [at('merged')])
  rmSync(at('.'), { recursive: true, force: true })
  return mount.status === 0 ? 'overlay' : 'vfs'
}

const storageSettings = (driver: string, graphRoot: string): string => `
[storage]
driver = "${driver}"
graphroot = "${graphRoot}"
runroot = "/run/cognito-gate-e2e/containers"
`

// Whoever may not raise limits may start containers with these.
const containerSettings = `
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
runtime = "runc"
tmp_dir = "/run/cognito-gate-e2e/libpod"
`

const isMissing = (program: string): boolean =>
  spawnSync(program, ['--version']).error !== undefined

/** The exit code of container-base.sh when the packages of the bases are not to be had. */
const basesUnavailable = 69

const makeBases = async (env: Env): Promise<string | undefined> => {
  const script = resolve('test/e2e/container-base.sh')
  const { code, stderr } = await runToEnd('bash', [script], env)
  if (code === 0) return undefined
  if (code === basesUnavailable) return stderr.trim()
  throw new Error(`container-base.sh: ${String(code)}\n${stderr}`)
}

/** What podman and buildah say when this machine does not let them; a fault of ours cannot be here. */
const tryOut = async ({ image, run }: Omit<Engine, 'unavailable'>): Promise<string | undefined> => {
  const base = 'gcr.io/distroless/nodejs24-debian13:nonroot'
  const trial = `${image.replace(/.*\//, '').replace(':', '-')}-trial`
  try {
    const memory = ['-p', 'process.constrainedMemory()']
    const limit = await run('podman', 'run', '--rm', ...confinement, base, ...memory)
    if (Number(limit) !== 256 * 1024 * 1024) return 'a memory limit is not kept'
    await run('podman', 'image', 'mount', base)
    await run('podman', 'image', 'umount', base)
    await run('buildah', 'from', '--pull-never', '--name', trial, base)
    const node = ['/nodejs/bin/node', '--version']
    await run('buildah', 'run', '--isolation=chroot', trial, '--', ...node)
    return undefined
  } catch (error) {
    return (error as Error).message.trimEnd().replace(/^.*\n/s, '')
  } finally {
    // Of builds that were ended before their time, too: nobody else uses this storage.
    await run('buildah', 'rm', '--all').catch(() => undefined)
  }
}

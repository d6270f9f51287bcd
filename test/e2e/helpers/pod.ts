// The Kubernetes example as a real pod of podman: its Deployment and ConfigMap as kubectl renders them,
// changed only where this machine differs from a cluster.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from './container.ts'
import { freePort } from './free-port.ts'
import { pick, render, type Manifest } from './manifests.ts'
import type { Scope } from './program.ts'
import { tempDir } from './temp-dir.ts'

export interface Pod {
  readonly url: string
  readonly adminUrl: string
  /** Runs a command in the gate's container. */
  readonly exec: (command: readonly string[]) => Promise<string>
  /** The hook that a kubelet runs as soon as the pod is deleted. */
  readonly preStop: readonly string[]
  /** What the gate's container printed. */
  readonly log: () => Promise<string>
  /** The exit code of the gate's container, once it has ended. */
  readonly exited: () => Promise<number>
}

interface Container {
  name: string
  image: string
  command?: string[]
  args?: string[]
  env?: { name: string; value: string }[]
  securityContext?: unknown
  volumeMounts?: unknown
  lifecycle?: { preStop: { exec: { command: string[] } } }
}

interface PodSpec {
  hostNetwork?: boolean
  restartPolicy?: string
  containers: Container[]
  initContainers?: Container[]
  [key: string]: unknown
}

/** An application that answers with what it was told of the user, and at `/slow` takes its time. */
const application = (port: number): string =>
  [
    "require('node:http').createServer((request, response) => {",
    "const user = request.headers['x-claim-username'] ?? '';",
    "const answer = () => response.end('user=' + user + ' path=' + request.url);",
    "if (request.url.startsWith('/slow')) setTimeout(answer, 300); else answer()",
    `}).listen(${port}, '127.0.0.1')`,
    // In one line: podman 4 cannot read its own YAML of a text with several.
  ].join(' ')

/** The base of the gate's image runs Node.js, and so can stand for an application's. */
const node = 'gcr.io/distroless/nodejs24-debian13:nonroot'

let pods = 0

/**
 * Plays a pod. What is changed: images and ports (the host's network is shared here), the sidecar stands
 * beside the application (podman 4 has no native ones), probes and hooks are left to the test (they want
 * curl within the image, or a kubelet).
 */
export const playPod = async (
  scope: Scope,
  engine: Engine,
  files: (upstream: string) => Readonly<Record<string, string>>,
): Promise<Pod> => {
  pods += 1
  const name = `cognito-gate-e2e-pod-${process.pid}-${pods}`
  const [port, adminPort, appPort] = [await freePort(), await freePort(), await freePort()]
  const { all } = render('deploy/kubernetes/example')
  const deployment = structuredClone(pick(all, 'Deployment', 'orders')) as Manifest & {
    readonly spec: { readonly template: { readonly spec: PodSpec } }
  }
  const map = structuredClone(all.find(({ kind }) => kind === 'ConfigMap')) as Manifest & {
    data: Readonly<Record<string, string>>
  }
  Object.assign(deployment.metadata, { name })
  Object.assign(deployment.spec, { replicas: 1 })
  map.data = files(`http://127.0.0.1:${appPort}`)

  const { spec } = deployment.spec.template
  const [gate, app] = [spec.initContainers?.[0], spec.containers[0]]
  if (gate === undefined || app === undefined) throw new Error('the example has lost a container')
  const preStop = gate.lifecycle?.preStop.exec.command ?? []
  // Or podman would start a gate anew that has drained; a cluster does not, in a pod that it deletes.
  spec.restartPolicy = 'Never'
  spec.hostNetwork = true
  delete spec.initContainers
  Object.assign(app, { image: node, command: ['/nodejs/bin/node', '-e', application(appPort)] })
  gate.image = engine.image
  gate.env?.push({ name: 'LISTEN_PORT', value: String(port) })
  gate.env?.push({ name: 'ADMIN_PORT', value: String(adminPort) })
  spec.containers = [plain(app), plain(gate)]

  const file = join(tempDir(scope), 'pod.yaml')
  writeFileSync(file, [map, deployment].map((one) => JSON.stringify(one)).join('\n---\n'))
  const container = `${name}-pod-0-${gate.name}`
  scope.teardown(() => engine.run('podman', 'pod', 'rm', '--force', '--time=0', `${name}-pod-0`))
  await engine.run('podman', 'kube', 'play', '--network=host', file)
  return {
    url: `http://127.0.0.1:${port}`,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    preStop,
    exec: (command) => engine.run('podman', 'exec', container, ...command),
    log: () => engine.run('podman', 'logs', container),
    exited: async () => Number(await engine.run('podman', 'wait', container)),
  }
}

/** Without what a kubelet would do, and without ports: the host's are used. */
const plain = ({ name, image, command, args, env, securityContext, volumeMounts }: Container) => ({
  name,
  image,
  ...(command === undefined ? {} : { command }),
  ...(args === undefined ? {} : { args }),
  ...(env === undefined ? {} : { env }),
  securityContext,
  ...(volumeMounts === undefined ? {} : { volumeMounts }),
})

// What deploy/ holds, as far as it can be judged without running it: manifests rendered and
// held against the API's types, rules by promtool, configurations by `check`.
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse, parseAllDocuments } from 'yaml'
import { topTable } from '../../src/config/schema.ts'
import { metricTable } from '../../src/observe/metrics-table.ts'
import { gateMain } from './helpers/gate.ts'
import { pick, problemsOf, render, type Manifest } from './helpers/manifests.ts'
import { tempDir } from './helpers/temp-dir.ts'

const run = (command: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  return { status, text: `${stdout}${stderr}` }
}

const check = (file: string) => run(process.execPath, gateMain, 'check', '--config', file)

t.test('every configuration of deploy loads', async (t) => {
  for (const file of [
    'compose/gate.yaml',
    'kubernetes/example/gate.yaml',
    'kubernetes/standalone/gate.yaml',
  ]) {
    const { status, text } = check(join('deploy', file))
    t.equal(status, 0, `${file}: ${text}`)
  }
})

t.test('the Kubernetes example renders to what the API knows', async (t) => {
  const { all } = render('deploy/kubernetes/example')
  t.strictSame(all.map(({ kind }) => kind).toSorted(), [
    'ConfigMap',
    'Deployment',
    'Namespace',
    'NetworkPolicy',
    'PodDisruptionBudget',
    'PodMonitor',
    'Service',
  ])
  // One with a misspelt field goes along, to show that it would be seen.
  const wrong = structuredClone(pick(all, 'Deployment', 'orders')) as { spec?: object }
  Object.assign(wrong.spec ?? {}, { replica: 2 })
  const problems = problemsOf([...all, wrong as Manifest])
  t.equal(problems.length, 1, problems.join('\n'))
  t.match(problems[0], /replica.* does not exist in type 'DeploymentSpec'/)

  await t.test('its ConfigMap is a configuration that loads', async (t) => {
    const [map] = all.filter(({ kind }) => kind === 'ConfigMap') as unknown as readonly {
      readonly data: Readonly<Record<string, string>>
    }[]
    const file = join(tempDir(t), 'gate.yaml')
    writeFileSync(file, map?.data['gate.yaml'] ?? '')
    t.equal(check(file).status, 0, check(file).text)
  })
})

interface Container {
  readonly name: string
  readonly restartPolicy?: string
  readonly securityContext?: Readonly<Record<string, unknown>>
  readonly ports?: readonly { readonly containerPort: number }[]
  readonly lifecycle?: unknown
  readonly startupProbe?: unknown
  readonly readinessProbe?: unknown
  readonly livenessProbe?: unknown
}

interface PodSpec {
  readonly terminationGracePeriodSeconds: number
  readonly securityContext: Readonly<Record<string, unknown>>
  readonly initContainers?: readonly Container[]
  readonly containers: readonly Container[]
}

t.test('the component adds a native sidecar, and nothing goes round it', async (t) => {
  const { all } = render('deploy/kubernetes/example')
  const { spec } = pick(all, 'Deployment', 'orders') as unknown as {
    readonly spec: { readonly template: { readonly metadata: object; readonly spec: PodSpec } }
  }
  const pod = spec.template.spec
  const [gate] = pod.initContainers ?? []
  t.match(gate, {
    name: 'cognito-gate',
    restartPolicy: 'Always',
    startupProbe: { httpGet: { path: '/livez', port: 9090 } },
    livenessProbe: { httpGet: { path: '/livez', port: 9090 } },
    readinessProbe: { httpGet: { path: '/readyz', port: 9090 } },
  })
  const { preStop } = pod.containers[0]?.lifecycle as {
    readonly preStop: { readonly sleep: { readonly seconds: number } }
  }
  const { shutdown } = parse(readFileSync('deploy/kubernetes/example/gate.yaml', 'utf8')) as {
    readonly shutdown: { readonly drainDelayMs: number; readonly graceMs: number }
  }
  const drain = (shutdown.drainDelayMs + shutdown.graceMs) / 1000
  t.ok(preStop.sleep.seconds > drain, 'the application outlives the gate’s drain')
  t.ok(pod.terminationGracePeriodSeconds >= preStop.sleep.seconds + 30, 'the grace covers its end')

  t.match(pick(all, 'Service', 'orders'), { spec: { ports: [{ port: 80, targetPort: 8080 }] } })
  const policy = JSON.stringify(pick(all, 'NetworkPolicy', 'cognito-gate'))
  t.match(policy, '"port":8080')
  t.notMatch(policy, '3000', 'the application’s port is open to nobody')

  await t.test('and every container keeps to the restricted Pod Security Standard', async (t) => {
    isRestricted(t, pod)
    t.match(pick(all, 'Namespace', 'orders').metadata, {
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    })
  })
})

/** The strictest of the Pod Security Standards, container by container. */
const isRestricted = (t: Test, pod: PodSpec): void => {
  for (const container of [...(pod.initContainers ?? []), ...pod.containers]) {
    t.match(
      { ...pod.securityContext, ...container.securityContext },
      {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
      },
      container.name,
    )
  }
}

t.test('the standalone gate answers the edge proxy, and nobody else', async (t) => {
  const { all } = render('deploy/kubernetes/standalone')
  t.strictSame(all.map(({ kind }) => kind).toSorted(), [
    'ConfigMap',
    'Deployment',
    'HorizontalPodAutoscaler',
    'Namespace',
    'NetworkPolicy',
    'PodDisruptionBudget',
    'Service',
  ])
  t.strictSame(problemsOf(all), [])
  const { spec } = pick(all, 'Deployment', 'cognito-gate') as unknown as {
    readonly spec: { readonly replicas?: number; readonly template: { readonly spec: PodSpec } }
  }
  const pod = spec.template.spec
  isRestricted(t, pod)
  t.equal(spec.replicas, undefined, 'an apply leaves the number to the autoscaler')
  t.match(pod.containers[0], {
    readinessProbe: { httpGet: { path: '/readyz', port: 9090 } },
    livenessProbe: { httpGet: { path: '/livez', port: 9090 } },
  })

  const { decision, listen, shutdown } = parse(
    readFileSync('deploy/kubernetes/standalone/gate.yaml', 'utf8'),
  ) as {
    readonly decision: { readonly port: number }
    readonly listen: { readonly host: string }
    readonly shutdown: { readonly drainDelayMs: number; readonly graceMs: number }
  }
  t.equal(listen.host, '127.0.0.1', 'nothing is to be forwarded')
  const drain = (shutdown.drainDelayMs + shutdown.graceMs) / 1000
  t.ok(pod.terminationGracePeriodSeconds > drain, 'the grace covers the drain')
  t.match(pick(all, 'Service', 'cognito-gate'), { spec: { ports: [{ targetPort: 9191 }] } })
  t.equal(decision.port, 9191)
  const policy = pick(all, 'NetworkPolicy', 'cognito-gate') as unknown as {
    readonly spec: { readonly ingress: readonly { readonly from: unknown }[] }
  }
  for (const rule of policy.spec.ingress) t.ok(rule.from, 'no port is open to everybody')
})

interface TraefikFile {
  readonly http: { readonly middlewares: Readonly<Record<string, unknown>> }
}

t.test('edge proxies that are not run here have files of their form', async (t) => {
  const ingress = parseAllDocuments(readFileSync('deploy/ingress-nginx/ingress.yaml', 'utf8'))
  t.strictSame(problemsOf(ingress.map((document) => document.toJS() as Manifest)), [])

  // The types of Traefik's resources are those of its files.
  const traefik = parse(readFileSync('deploy/traefik/dynamic.yml', 'utf8')) as TraefikFile
  const middlewares = Object.entries(traefik.http.middlewares).map(([name, spec]): Manifest => ({
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'Middleware',
    metadata: { name },
    spec,
  }))
  t.equal(middlewares.length, 2)
  t.strictSame(problemsOf(middlewares), [])
  const wrong = { ...middlewares[1], spec: { forwardAuth: { adress: 'x' } } } as Manifest
  t.match(problemsOf([wrong]), [/adress/], 'a misspelt field would be seen')
})

t.test('every edge proxy takes over every header of the default map', async (t) => {
  const headers = Object.keys(topTable.claimHeaders.default)
  const words = (file: string) =>
    new Set(readFileSync(join('deploy', file), 'utf8').split(/[\s,]+/))
  for (const file of [
    'nginx/cognito-gate.conf',
    'caddy/Caddyfile',
    'ingress-nginx/ingress.yaml',
    'traefik/dynamic.yml',
  ]) {
    const there = words(file)
    t.strictSame(
      headers.filter((name) => !there.has(name)),
      [],
      file,
    )
  }
  // Envoy and HAProxy take them by what they begin with.
  t.ok(headers.every((name) => name.startsWith('X-Claim-')))
})

interface Rule {
  readonly alert?: string
  readonly expr: string
  readonly annotations?: Readonly<Record<string, string>>
}

const rulesOf = (file: string): readonly Rule[] => {
  const { groups } = parse(readFileSync(file, 'utf8')) as {
    readonly groups: readonly { readonly rules: readonly Rule[] }[]
  }
  return groups.flatMap(({ rules }) => rules)
}

t.test('Prometheus takes its rules, and they fire when they should', async (t) => {
  const folder = 'deploy/prometheus'
  for (const words of [
    ['check', 'rules', `${folder}/rules.yml`, `${folder}/alerts.yml`],
    ['check', 'config', `${folder}/prometheus.yml`],
    ['test', 'rules', `${folder}/rules.test.yml`],
  ]) {
    const { status, text } = run('promtool', ...words)
    t.equal(status, 0, `promtool ${words.join(' ')}\n${text}`)
  }

  await t.test('the Kubernetes scrape is sound but for what Debian leaves out', async (t) => {
    const text = readFileSync(`${folder}/kubernetes.yml`, 'utf8')
    const file = join(tempDir(t), 'prometheus.yml')
    const there = text.replace(
      /kubernetes_sd_configs:\n +- role: pod/,
      "static_configs: [{ targets: ['pod:9090'] }]",
    )
    t.not(there, text)
    writeFileSync(file, there.replace(/rule_files:\n(?: +- .*\n)+/, ''))
    const { status, text: said } = run('promtool', 'check', 'config', file)
    t.equal(status, 0, said)
  })

  await t.test('every alert has a test that fires it, and its section in the README', async (t) => {
    const tests = readFileSync(`${folder}/rules.test.yml`, 'utf8')
    const readme = readFileSync('README.md', 'utf8')
    const alerts = rulesOf(`${folder}/alerts.yml`)
    t.ok(alerts.length >= 10)
    for (const { alert = '', annotations } of alerts) {
      t.match(tests, new RegExp(`alertname: ${alert}\n +exp_alerts:\n`), `${alert} fires in a test`)
      t.match(readme, `\n#### ${alert}\n`, `${alert} has a section`)
      t.equal(annotations?.['runbook'], `README.md#${alert.toLowerCase()}`)
    }
  })

  await t.test('rules and dashboard ask for metrics that exist', async (t) => {
    const own = new Set<string>(Object.values(metricTable).map(({ name }) => name))
    const texts = [
      ...[...rulesOf(`${folder}/rules.yml`), ...rulesOf(`${folder}/alerts.yml`)].map((r) => r.expr),
      readFileSync('deploy/grafana/dashboards/cognito-gate.json', 'utf8'),
    ]
    const asked = texts.flatMap((text) => text.match(/(?<![:\w])cognito_gate_\w+/g) ?? [])
    const names = new Set(asked.map((name) => name.replace(/_(?:bucket|count|sum)$/, '')))
    t.ok(names.size > 15, `${names.size} metrics`)
    t.strictSame(
      [...names].filter((name) => !own.has(name)),
      [],
    )
  })
})

t.test('the YAML of deploy is YAML', async (t) => {
  const files = readdirSync('deploy', { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((name) => /\.ya?ml$/.test(name))) {
    const errors = parseAllDocuments(readFileSync(join('deploy', file), 'utf8')).flatMap(
      (doc) => doc.errors,
    )
    t.strictSame(errors, [], file)
  }
})

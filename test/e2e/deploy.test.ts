// What deploy/ holds, as far as it can be judged without running it: manifests rendered and
// held against the API's types, rules by promtool, configurations by `check`.
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse, parseAllDocuments } from 'yaml'
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
  for (const file of ['compose/gate.yaml', 'kubernetes/example/gate.yaml']) {
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
  readonly initContainers: readonly Container[]
  readonly containers: readonly Container[]
}

t.test('the component adds a native sidecar, and nothing goes round it', async (t) => {
  const { all } = render('deploy/kubernetes/example')
  const { spec } = pick(all, 'Deployment', 'orders') as unknown as {
    readonly spec: { readonly template: { readonly metadata: object; readonly spec: PodSpec } }
  }
  const pod = spec.template.spec
  const [gate] = pod.initContainers
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
    for (const container of [...pod.initContainers, ...pod.containers]) {
      const context = { ...pod.securityContext, ...container.securityContext }
      t.match(
        context,
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
    t.match(pick(all, 'Namespace', 'orders').metadata, {
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    })
  })
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

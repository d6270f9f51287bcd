// The Kubernetes manifests as users get them: rendered by kubectl, and held against the types of the API,
// which know every field.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import ts from 'typescript'
import { parseAllDocuments } from 'yaml'

export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly [key: string]: unknown
}

/** install.sh puts it here where the machine has none of its own. */
const ownKubectl = resolve('test/e2e/node_modules/.bin/kubectl')

/** `kubectl kustomize FOLDER`: the texts of its documents and what they say. */
export const render = (folder: string): { readonly text: string; readonly all: Manifest[] } => {
  const kubectl = existsSync(ownKubectl) ? ownKubectl : 'kubectl'
  const text = execFileSync(kubectl, ['kustomize', folder], { encoding: 'utf8' })
  return { text, all: parseAllDocuments(text).map((doc) => doc.toJS() as Manifest) }
}

/** By kind and name; throws when there is none. */
export const pick = (all: readonly Manifest[], kind: string, name: string): Manifest => {
  const found = all.find((one) => one.kind === kind && one.metadata.name === name)
  if (found === undefined) throw new Error(`no ${kind} ${name} is rendered`)
  return found
}

/** Where the type of each kind is to be found. */
const types: Readonly<Record<string, readonly [module: string, name: string]>> = {
  ConfigMap: ['kubernetes-types/core/v1', 'ConfigMap'],
  Deployment: ['kubernetes-types/apps/v1', 'Deployment'],
  HorizontalPodAutoscaler: ['kubernetes-types/autoscaling/v2', 'HorizontalPodAutoscaler'],
  Ingress: ['kubernetes-types/networking/v1', 'Ingress'],
  Middleware: ['@kubernetes-models/traefik/traefik.io/v1alpha1/Middleware', 'IMiddleware'],
  Namespace: ['kubernetes-types/core/v1', 'Namespace'],
  NetworkPolicy: ['kubernetes-types/networking/v1', 'NetworkPolicy'],
  PodDisruptionBudget: ['kubernetes-types/policy/v1', 'PodDisruptionBudget'],
  PodMonitor: [
    '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor',
    'IPodMonitor',
  ],
  Service: ['kubernetes-types/core/v1', 'Service'],
}

/**
 * What the compiler says of the manifests as literals of their types: wrong types, missing fields, and
 * fields that the API does not have. Empty when all is well.
 */
export const problemsOf = (manifests: readonly Manifest[]): readonly string[] => {
  const unknown = manifests.filter(({ kind }) => !(kind in types)).map(({ kind }) => kind)
  if (unknown.length > 0) return unknown.map((kind) => `no type for ${kind}`)
  const name = resolve('test/e2e/rendered-manifests.ts')
  const source = manifests.map(({ kind, ...rest }, index) => {
    const [module, type] = types[kind] ?? ['', '']
    const value = JSON.stringify({ ...rest, kind }, null, 1)
    return `import type { ${type} as T${index} } from '${module}'\nexport const m${index}: T${index} = ${value}\n`
  })
  const options: ts.CompilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    types: [],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2023,
  }
  const text = source.join('')
  const real = ts.createCompilerHost(options)
  const host: ts.CompilerHost = {
    ...real,
    readFile: (file) => (file === name ? text : real.readFile(file)),
    fileExists: (file) => file === name || real.fileExists(file),
    getSourceFile: (file, target, ...more) =>
      file === name
        ? ts.createSourceFile(file, text, target)
        : real.getSourceFile(file, target, ...more),
  }
  const program = ts.createProgram([name], options, host)
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

// The shape of the code, enforced: which folder may import which, which file may import which
// package, where brands are made, and that every source file has its mirror test.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import ts from 'typescript'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const src = join(root, 'src')

/** Left to right; a module imports only from ranks below its own, or from its own folder. */
const ranks: Readonly<Record<string, number>> = {
  core: 0,
  'node-http.ts': 0,
  files: 0.5,
  config: 1,
  routing: 1,
  token: 1,
  identity: 1,
  answers: 1,
  observe: 1,
  openapi: 1,
  'authorize.ts': 2,
  proxy: 3,
  server: 4,
  gate: 4.5,
  status: 4.5,
  'app.ts': 5,
  demo: 6,
  explain: 6,
  commands: 7,
  'main.ts': 8,
}

/** Packages and the only places that may import them. */
const doors: Readonly<Record<string, readonly string[]>> = {
  convict: ['config/'],
  yaml: ['config/'],
  'aws-jwt-verify': ['token/'],
  'lru-cache': ['token/cache.ts'],
  'http-proxy': ['proxy/tunnel.ts'],
  undici: ['proxy/', 'token/fetch-json.ts'],
  '@seriousme/openapi-schema-validator': ['openapi/validate.ts'],
  'prom-client': ['observe/metrics'],
  pino: ['observe/log.ts'],
}

/** Branded types and the one file that may cast to each. */
const brands: Readonly<Record<string, string>> = {
  Target: 'routing/target.ts',
  Permit: 'authorize.ts',
  AuthorizedPermit: 'authorize.ts',
  ReportedPermit: 'authorize.ts',
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts'))
  .sort()

const parse = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, readFileSync(join(src, file), 'utf8'), ts.ScriptTarget.ES2023, true)

const importsOf = (source: ts.SourceFile): readonly string[] => {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier !== undefined &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      found.push(node.moduleSpecifier.text)
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments
      found.push(specifier !== undefined && ts.isStringLiteral(specifier) ? specifier.text : '?')
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

const topOf = (file: string): string => file.split('/')[0] ?? file

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

t.test('every top-level place in src has a rank', async (t) => {
  t.strictSame(
    [...new Set(files.map(topOf))].filter((top) => !(top in ranks)),
    [],
  )
})

t.test('imports go one way', async (t) => {
  const wrong: string[] = []
  for (const file of files) {
    for (const specifier of importsOf(parse(file))) {
      if (!specifier.startsWith('.')) continue
      const target = relative(src, join(src, dirname(file), specifier)).replaceAll('\\', '/')
      const from = topOf(file)
      const to = topOf(target)
      if (from === to) continue
      if ((ranks[to] ?? Infinity) >= (ranks[from] ?? -1)) wrong.push(`${file} imports ${target}`)
    }
  }
  t.strictSame(wrong, [])
})

t.test('a package is imported through its one door', async (t) => {
  const wrong: string[] = []
  for (const file of files) {
    for (const specifier of importsOf(parse(file))) {
      if (specifier.startsWith('.') || specifier.startsWith('node:')) continue
      const places = doors[packageOf(specifier)]
      if (!(places ?? []).some((place) => file.startsWith(place))) {
        wrong.push(`${file} imports ${specifier}`)
      }
    }
  }
  t.strictSame(wrong, [])
})

t.test('what is slow to import is required, and only its types are imported', async (t) => {
  const required = ['convict', 'http-proxy', 'node:http', 'pino', 'prom-client', 'undici', 'yaml']
  const wrong: string[] = []
  for (const file of files.filter((file) => topOf(file) !== 'demo')) {
    for (const node of parse(file).statements) {
      if (!ts.isImportDeclaration(node)) continue
      const { text } = node.moduleSpecifier as ts.StringLiteral
      const isType = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      if (!isType && required.includes(text)) wrong.push(`${file} imports ${text}`)
    }
  }
  t.strictSame(wrong, [])
})

t.test('core imports nothing but itself', async (t) => {
  const outside = files
    .filter((file) => file.startsWith('core/'))
    .flatMap((file) => importsOf(parse(file)))
    .filter((specifier) => !specifier.startsWith('./'))
  t.strictSame(outside, [])
})

t.test('only main.ts touches process', async (t) => {
  const wrong = files.filter((file) => {
    if (file === 'main.ts') return false
    let touches = importsOf(parse(file)).includes('node:process')
    const visit = (node: ts.Node): void => {
      if (
        ts.isPropertyAccessExpression(node) &&
        ts.isIdentifier(node.expression) &&
        node.expression.text === 'process'
      ) {
        touches = true
      }
      ts.forEachChild(node, visit)
    }
    visit(parse(file))
    return touches
  })
  t.strictSame(wrong, [])
})

t.test('a brand is cast to in its parser alone', async (t) => {
  const wrong: string[] = []
  for (const file of files) {
    const visit = (node: ts.Node): void => {
      if (ts.isAsExpression(node) && ts.isTypeReferenceNode(node.type)) {
        const name = node.type.typeName.getText()
        if (brands[name] !== undefined && brands[name] !== file)
          wrong.push(`${file} casts to ${name}`)
      }
      ts.forEachChild(node, visit)
    }
    visit(parse(file))
  }
  t.strictSame(wrong, [])
})

t.test('every source file has its mirror test', async (t) => {
  // A file of types alone has nothing to run.
  const runs = (file: string): boolean =>
    parse(file).statements.some(
      (node) =>
        !ts.isInterfaceDeclaration(node) &&
        !ts.isTypeAliasDeclaration(node) &&
        !ts.isImportDeclaration(node),
    )
  const tests = new Set(
    readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' }).map((name) =>
      name.replaceAll('\\', '/'),
    ),
  )
  const missing = files
    .filter(runs)
    .map((file) => file.replace(/\.ts$/, '.test.ts'))
    .filter((file) => !tests.has(file))
  t.strictSame(missing, [])
})

t.test('no folder of tests is left out', async (t) => {
  const tests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' }).map((name) =>
    name.replaceAll('\\', '/'),
  )
  const folders = new Set(tests.filter((name) => name.endsWith('.test.ts')).map(dirname))
  const elsewhere = /^(\.|e2e|bench)(\/|$)/
  for (const folder of folders) {
    if (elsewhere.test(folder)) continue
    t.ok(tests.includes(`${folder}/suite.ts`), `test/${folder}/suite.ts runs its files`)
  }
})

t.test('the project stands alone', async (t) => {
  const text = files.map((file) => readFileSync(join(src, file), 'utf8')).join('\n')
  t.notMatch(text, /insecureHTTPParser: true|rejectUnauthorized: false/)
})

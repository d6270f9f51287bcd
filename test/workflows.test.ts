// What runs with rights of its own: GitHub's workflows, and the images that everything is built on.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { parseDocument } from 'yaml'

const root = join(import.meta.dirname, '..')
const folder = join(root, '.github', 'workflows')

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}

interface Job {
  readonly uses?: string
  readonly permissions?: unknown
  readonly container?: { readonly image: string }
  readonly steps?: readonly Step[]
  readonly 'timeout-minutes'?: number
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions: unknown
  readonly jobs: Readonly<Record<string, Job>>
}

const workflows = readdirSync(folder).map((name) => {
  const text = readFileSync(join(folder, name), 'utf8')
  const document = parseDocument(text)
  return { name, text, document, workflow: document.toJS() as Workflow }
})

const pinnedAction =
  /^\s*(?:- )?uses: (?:\.\/\.github\/workflows\/[\w-]+\.yml|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/
const pinnedImage = /^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/

/** All that any job may do beyond reading the repository. */
const rights: Readonly<Record<string, unknown>> = {
  'release.yml npm': { contents: 'read', 'id-token': 'write' },
  'release.yml image': { contents: 'read', packages: 'write', 'id-token': 'write' },
  'release.yml release': { contents: 'write' },
}

for (const { name, text, document, workflow } of workflows) {
  t.test(name, async (t) => {
    t.strictSame([...document.errors, ...document.warnings], [], 'it is YAML')
    const jobs = Object.entries(workflow.jobs)
    const steps = jobs.flatMap(([, { steps = [] }]) => steps)

    const dangerous = ['pull_request_target', 'workflow_run', 'issue_comment', 'issues']
    t.strictSame(
      Object.keys(workflow.on).filter((event) => dangerous.includes(event)),
      [],
      'a stranger starts nothing that has rights',
    )
    t.strictSame(workflow.permissions, { contents: 'read' })
    for (const [job, { permissions }] of jobs) {
      t.strictSame(permissions, rights[`${name} ${job}`], `the rights of ${job}`)
    }
    for (const [job, { uses, 'timeout-minutes': minutes }] of jobs) {
      t.ok(uses !== undefined || (minutes !== undefined && minutes <= 30), `${job} ends in time`)
    }
    t.strictSame(
      steps.filter(({ run }) => run?.includes('${{')),
      [],
      'no script is put together from values',
    )
    t.strictSame(
      steps.filter(
        ({ uses, with: options }) =>
          uses?.startsWith('actions/checkout@') && options?.['persist-credentials'] !== false,
      ),
      [],
      'no token is left in a checkout',
    )
    t.notMatch(text, /\bsecrets\./, 'no stored secret')
    const used = text.split('\n').filter((line) => /^\s*(?:- )?uses:/.test(line))
    t.strictSame(
      used.filter((line) => !pinnedAction.test(line)),
      [],
      'each action by its commit, with its version beside',
    )
    const uses = [...steps, ...jobs.map(([, job]) => job)].filter(({ uses }) => uses !== undefined)
    t.equal(used.length, uses.length, 'all of them were seen')
    for (const [job, { container }] of jobs) {
      if (container !== undefined) t.match(container.image, pinnedImage, `the image of ${job}`)
    }
  })
}

t.test('one action has one commit in all workflows', async (t) => {
  const all = workflows.flatMap(({ text }) => text.match(/[\w-]+\/[\w-]+@[0-9a-f]{40} # .*/g) ?? [])
  const names = [...new Set(all)].map((action) => action.replace(/@.*/, ''))
  t.strictSame(names, [...new Set(names)])
})

t.test('the Dockerfile names its bases by digest', async (t) => {
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8')
  const bases = Array.from(dockerfile.matchAll(/^FROM (?:--\S+ )*(\S+)/gm), ([, base = '']) => base)
  t.equal(bases.length, 2)
  for (const base of bases) t.match(base, pinnedImage)
})

t.test('a release has notes, and tag, package and changelog agree on its version', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'cognito-gate-release-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  mkdirSync(join(dir, '.ci'))
  cpSync(join(root, '.ci', 'release-notes'), join(dir, '.ci', 'release-notes'))
  const changelog =
    '# Changelog\n\n## [1.2.3] - 2026-01-31\n\n- New.\n\n## [1.2.2] - 2026-01-30\n\n- Old.\n'
  const rows = [
    { name: 'all agree', code: 0, stdout: '\n- New.\n', stderr: '' },
    { name: 'no tag', tag: '1.2.3', code: 1, stderr: /1\.2\.3 is no tag such as v1\.2\.3/ },
    { name: 'a trial', tag: 'v1.2.3-rc.1', code: 1, stderr: /is no tag/ },
    {
      name: 'the tag is ahead',
      tag: 'v1.2.4',
      code: 1,
      stderr: /package\.json has version 1\.2\.3/,
    },
    {
      name: 'the lock file is behind',
      lock: '1.2.2',
      code: 1,
      stderr: /package-lock\.json has version 1\.2\.2/,
    },
    {
      name: 'not in the changelog',
      changelog: '# Changelog',
      code: 1,
      stderr: /has no line "## \[1\.2\.3\] - Y/,
    },
    { name: 'no date', changelog: '## [1.2.3]\n\n- New.\n', code: 1, stderr: /has no line/ },
    {
      name: 'another version',
      changelog: '## [1.213] - 2026-01-31\n\n- New.\n',
      code: 1,
      stderr: /has no line/,
    },
    {
      name: 'nothing said',
      changelog: '## [1.2.3] - 2026-01-31\n\n## [1.2.2] - 2026-01-30\n- Old.\n',
      code: 1,
      stderr: /says nothing/,
    },
  ]
  for (const {
    name,
    tag = 'v1.2.3',
    lock = '1.2.3',
    changelog: said = changelog,
    ...want
  } of rows) {
    writeFileSync(join(dir, 'package.json'), JSON.stringify({ version: '1.2.3' }))
    writeFileSync(join(dir, 'package-lock.json'), JSON.stringify({ version: lock }))
    writeFileSync(join(dir, 'CHANGELOG.md'), said)
    const { status, stdout, stderr } = spawnSync('bash', ['.ci/release-notes', tag], {
      cwd: dir,
      encoding: 'utf8',
    })
    t.match({ code: status, stdout, stderr }, want, name)
  }
})

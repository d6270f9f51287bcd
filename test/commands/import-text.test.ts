import t from 'tap'
import { configurationText } from '../../src/commands/import-text.ts'
import type { ExportedApi } from '../../src/core/exported-api.ts'

const api: ExportedApi = {
  apiType: 'HTTP',
  configuration: { routes: [{ path: '/a', method: 'GET', authorizationType: 'NONE' }] },
  origins: new Map(),
  basePath: '',
  upstreamUrl: undefined,
  notes: [],
}

const upstreamOf = (upstreamUrl: string) =>
  configurationText({ ...api, upstreamUrl }, 'api.json').match(/# .*\nupstream:\n.*/)?.[0]

t.test('the file says what the export says, and where it does not tell', async (t) => {
  t.equal(
    configurationText({ ...api, basePath: '/prod' }, 'api.json'),
    `# Made from api.json by cognito-gate import.
apiType: HTTP
# The API was reached under this path. Remove the # if its clients go on sending it.
# basePath: /prod
# Where the service is: the export does not tell.
upstream:
  url: http://127.0.0.1:3000
routes:
  - path: /a
    method: GET
    authorizationType: NONE
`,
  )
  t.match(configurationText(api, 'a\nb: {}\u2028.json'), '# Made from a?b: {}?.json by')
})

t.test('the upstream is where the requests went, if that is a URL', async (t) => {
  t.equal(
    upstreamOf('https://orders.example.com:8443/v1'),
    '# Where API Gateway sent the requests; change it if the service is elsewhere now.\nupstream:\n  url: https://orders.example.com:8443/v1',
  )
  for (const odd of [
    'https://${stageVariables.host}/a',
    'https://user:pass@a',
    'http://a:99999',
    'http://a/\n# x',
  ]) {
    const lines = upstreamOf(odd)
    t.match(
      lines,
      /^# Where the service is: the export says .*\nupstream:\n {2}url: http:\/\/127\.0\.0\.1:3000$/,
    )
  }
})

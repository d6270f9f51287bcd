// The configuration file that `import` writes: what the export says, and what only the operator knows.
import { yamlText } from '../config/yaml-text.ts'
import type { ExportedApi } from '../core/exported-api.ts'

/** Where the service is when the export does not tell, or not as a URL. */
const unknownUpstream = 'http://127.0.0.1:3000'

/** The text of the file; `file` is the export's name. */
export const configurationText = (api: ExportedApi, file: string): string => {
  const { apiType, basePath, configuration, upstreamUrl } = api
  return [
    `# Made from ${oneLine(file)} by cognito-gate import.`,
    yamlText({ apiType }),
    ...(basePath === ''
      ? []
      : [
          '# The API was reached under this path. Remove the # if its clients go on sending it.',
          `# ${yamlText({ basePath })}`,
        ]),
    ...upstreamLines(upstreamUrl),
    yamlText(configuration),
  ]
    .map((part) => part.trimEnd())
    .join('\n')
    .concat('\n')
}

const upstreamLines = (found: string | undefined): readonly string[] => {
  const url = found !== undefined && isPlainUrl(found) ? found : unknownUpstream
  const comment =
    url === found
      ? 'Where API Gateway sent the requests; change it if the service is elsewhere now.'
      : `Where the service is: the export ${found === undefined ? 'does not tell' : `says ${oneLine(found)}`}.`
  return [`# ${comment}`, yamlText({ upstream: { url } })]
}

const isPlainUrl = (text: string): boolean =>
  /^https?:\/\/[\w.-]+(?::\d+)?(?:\/[\w.~/-]*)?$/.test(text) && URL.canParse(text)

/** What stands in a comment must not end it. */
const oneLine = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?')

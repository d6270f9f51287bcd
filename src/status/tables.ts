// The tables of the status page, as columns over lists of the report. A row is rendered here, or by the
// page's script from the empty row that stands beside each table.
import type { Format } from './formats.ts'
import { valueAt } from './formats.ts'
import { html, live, type Markup } from './html.ts'
import type { StatusReport } from './report.ts'

interface Column {
  readonly head: string
  /** In an entry of the list. */
  readonly path: string
  readonly format: Format
  /** `row` heads its row; numbers stand to the right; prose may take several lines. */
  readonly kind: 'row' | 'text' | 'code' | 'number' | 'prose'
}

interface TableView {
  readonly id: string
  readonly title: string
  /** For who cannot see that the table scrolls, and what is in it. */
  readonly caption: string
  /** The list in the report. */
  readonly list: 'keys' | 'routes' | 'refusals' | 'reloads'
  readonly columns: readonly Column[]
  /** What stands there as long as the list is empty. */
  readonly empty: string
}

export const keysTable: TableView = {
  id: 'authorizers',
  title: 'Authorizers',
  caption: 'Authorizers, their issuers and signing keys',
  list: 'keys',
  columns: [
    { head: 'Authorizer', path: 'authorizer', format: 'text', kind: 'row' },
    { head: 'Issuer', path: 'issuer', format: 'text', kind: 'code' },
    { head: 'State', path: 'state', format: 'word', kind: 'text' },
    { head: 'Keys', path: 'keys', format: 'count', kind: 'number' },
    { head: 'Age', path: 'ageSeconds', format: 'duration', kind: 'number' },
    { head: 'Next fetch in', path: 'nextFetchSeconds', format: 'duration', kind: 'number' },
    { head: 'Last error', path: 'lastError', format: 'text', kind: 'prose' },
  ],
  empty: 'No route asks for a token.',
}

export const routesTable: TableView = {
  id: 'routes',
  title: 'Routes',
  caption: 'Routes in matching order, what they ask for, and how requests were decided',
  list: 'routes',
  columns: [
    { head: 'Route', path: 'route', format: 'text', kind: 'row' },
    { head: 'Access', path: '', format: 'access', kind: 'text' },
    { head: 'Any of', path: '', format: 'needs', kind: 'code' },
    { head: 'Mode', path: 'enforcement', format: 'word', kind: 'text' },
    { head: 'Allowed', path: 'allowed', format: 'count', kind: 'number' },
    { head: 'Refused', path: 'denied', format: 'count', kind: 'number' },
    { head: 'Would refuse', path: 'wouldDeny', format: 'count', kind: 'number' },
    { head: 'Reasons', path: 'reasons', format: 'reasons', kind: 'prose' },
  ],
  empty: 'There is none.',
}

export const refusalsTable: TableView = {
  id: 'refusals',
  title: 'Recent refusals',
  caption: 'The last 50 refusals, the newest first',
  list: 'refusals',
  columns: [
    { head: 'Time (UTC)', path: 'at', format: 'time', kind: 'text' },
    { head: 'Denial', path: 'denial', format: 'text', kind: 'row' },
    { head: 'Outcome', path: 'outcome', format: 'word', kind: 'text' },
    { head: 'Status', path: 'status', format: 'text', kind: 'number' },
    { head: 'Route', path: 'route', format: 'text', kind: 'code' },
    { head: 'Request id', path: 'requestId', format: 'text', kind: 'code' },
  ],
  empty: 'Nothing was refused since the start.',
}

export const reloadsTable: TableView = {
  id: 'reloads',
  title: 'Reloads',
  caption: 'Reloads of the configuration, the newest first',
  list: 'reloads',
  columns: [
    { head: 'Time (UTC)', path: 'at', format: 'time', kind: 'row' },
    { head: 'Outcome', path: 'outcome', format: 'word', kind: 'text' },
    { head: 'Begun by', path: 'trigger', format: 'word', kind: 'text' },
    { head: 'Message', path: 'message', format: 'text', kind: 'prose' },
  ],
  empty: 'None since the start: the configuration is the one that the gate began with.',
}

/** A section with its table. `tools` stand above it. */
export const tableSection = (
  { id, title, caption, list, columns, empty }: TableView,
  report: StatusReport,
  tools: Markup = html``,
): Markup => {
  const entries = valueAt(report, list) as readonly unknown[]
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title} <span class="quiet" data-n="${list}">${entries.length}</span></h2>
    ${tools}
    <p class="empty" data-empty="${list}" ${entries.length > 0 ? html` hidden` : html``}>
      ${empty}
    </p>
    <div class="scroll" role="region" aria-label="${caption}" tabindex="0">
      <table>
        <caption class="unseen">
          ${caption}
        </caption>
        <thead>
          <tr>
            ${columns.map(headCell)}
          </tr>
        </thead>
        <tbody data-rows="${list}">
          ${entries.map((entry) => row(columns, entry))}
        </tbody>
      </table>
    </div>
    <template data-row="${list}">${row(columns, undefined)}</template>
  </section>`
}

const headCell = ({ head, kind }: Column): Markup =>
  html`<th scope="col" class="${kind}">${head}</th>`

const row = (columns: readonly Column[], entry: unknown): Markup =>
  html`<tr>
    ${columns.map(({ path, format, kind }) => {
      const value = live(path, format, entry)
      return kind === 'row'
        ? html`<th scope="row" class="row">${value}</th>`
        : html`<td class="${kind}">${value}</td>`
    })}
  </tr>`

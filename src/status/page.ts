// The status page as HTML: a pure function of the report. It is whole without its script, which only
// keeps the values up to date.
import { formats, type Format } from './formats.ts'
import { html, live, type Markup } from './html.ts'
import type { StatusReport } from './report.ts'
import { keysTable, refusalsTable, reloadsTable, routesTable, tableSection } from './tables.ts'

/** Renders the whole page. */
export const renderPage = (report: StatusReport): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>cognito-gate: ${formats.word(report.readiness)}</title>
        <link rel="icon" href="/status.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/status.css" />
        <script src="/status.js" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        ${header(report)}
        <main id="main" tabindex="-1">
          ${notices(report)} ${overview(report)} ${tableSection(keysTable, report)}
          ${tableSection(routesTable, report, routeTools)} ${elsewhere(report)}
          ${tableSection(refusalsTable, report)} ${details(report)}
          ${tableSection(reloadsTable, report)}
        </main>
        ${footer(report)}
      </body>
    </html> `.markup

const header = (report: StatusReport): Markup =>
  html`<header>
    <div class="bar">
      <h1>cognito-gate</h1>
      <p class="state">${live('readiness', 'word', report)}</p>
      <nav aria-label="Sections">
        <ul>
          <li><a href="#authorizers">Authorizers</a></li>
          <li><a href="#routes">Routes</a></li>
          <li><a href="#refusals">Refusals</a></li>
          <li><a href="#reloads">Reloads</a></li>
        </ul>
      </nav>
      <div class="live">
        <p><span id="freshness">As of</span> ${live('at', 'time', report)} UTC</p>
        <button type="button" id="pause" hidden>Pause</button>
        <noscript><a href="/">Reload</a></noscript>
      </div>
    </div>
    <p role="status" id="told" class="unseen"></p>
  </header>`

const notices = (report: StatusReport): Markup =>
  html`<section
    aria-labelledby="notices"
    ${report.notices.length > 0 ? html`` : html` hidden`}
    data-some="notices"
  >
    <h2 id="notices" class="unseen">Notices</h2>
    <ul class="notices" data-rows="notices">
      ${report.notices.map(notice)}
    </ul>
    <template data-row="notices">${notice(undefined)}</template>
  </section>`

const notice = (text: string | undefined): Markup => html`<li>${live('', 'text', text)}</li>`

type Figure = readonly [label: string, path: string, format: Format]

const figures = (all: readonly Figure[], report: StatusReport): Markup =>
  html`${all.map(
    ([label, path, format]) =>
      html`<div>
        <dt>${label}</dt>
        <dd>${live(path, format, report)}</dd>
      </div>`,
  )}`

const overview = (report: StatusReport): Markup =>
  html`<section aria-labelledby="overview">
    <h2 id="overview" class="unseen">Overview</h2>
    <dl class="tiles">
      ${figures(
        [
          ['Up for', 'gate.uptimeSeconds', 'duration'],
          ['In flight', 'traffic.requestsInFlight', 'count'],
          ['WebSockets', 'traffic.webSockets', 'count'],
          ['Allowed', 'totals.allowed', 'count'],
          ['Refused', 'totals.denied', 'count'],
          ['Would be refused', 'totals.wouldDeny', 'count'],
          ['Cache hits', 'cache.hitRatio', 'percent'],
        ],
        report,
      )}
    </dl>
  </section>`

/** Shown by the script, which does what they are for. */
const routeTools: Markup = html`<div class="tools" role="search" aria-label="Routes" hidden>
  <label for="filter">Show routes with</label>
  <input
    type="search"
    id="filter"
    autocomplete="off"
    spellcheck="false"
    placeholder="text, such as /orders"
  />
  <label><input type="checkbox" id="refusing" /> that refused something</label>
  <output id="shown" for="filter refusing"></output>
</div>`

const elsewhere = (report: StatusReport): Markup =>
  html`<dl class="lines">
    ${figures(
      [
        ['Came to no route', 'unmatched.reasons', 'reasons'],
        ['Refused before routing', 'early', 'reasons'],
      ],
      report,
    )}
  </dl>`

const details = (report: StatusReport): Markup =>
  html`<div class="pair">
    <section aria-labelledby="cache">
      <h2 id="cache">Token cache</h2>
      <dl class="lines">
        ${figures(
          [
            ['Verified tokens', 'cache.entries', 'count'],
            ['Memory', 'cache.bytes', 'bytes'],
            ['of at most', 'cache.maxBytes', 'bytes'],
            ['Hits', 'cache.hits', 'count'],
            ['Misses', 'cache.misses', 'count'],
            ['Evictions', 'cache.evictions', 'count'],
          ],
          report,
        )}
      </dl>
    </section>
    <section aria-labelledby="upstream">
      <h2 id="upstream">Upstream</h2>
      <dl class="lines">
        ${figures(
          [
            ['Address', 'upstream.url', 'text'],
            ['Requests', 'upstream.requests', 'count'],
            ['of at most', 'upstream.maxConnections', 'count'],
            ['Waiting', 'upstream.waiting', 'count'],
          ],
          report,
        )}
      </dl>
    </section>
    <section aria-labelledby="mode">
      <h2 id="mode">Report mode</h2>
      <dl class="lines">
        ${figures(
          [
            ['Routes that ask for a token', 'reportMode.routes', 'count'],
            ['Only report', 'reportMode.reporting', 'count'],
            ['Without a route', 'reportMode.unmatched', 'pass'],
          ],
          report,
        )}
      </dl>
    </section>
  </div>`

const footer = (report: StatusReport): Markup =>
  html`<footer>
    <p>
      Version ${live('gate.version', 'text', report)} on Node.js
      ${live('gate.node', 'text', report)}, answering as ${live('gate.apiType', 'text', report)}
      API, since ${live('gate.startedAt', 'time', report)} UTC. Counts begin there.
      <a href="/status">The same as JSON</a>
    </p>
  </footer>`

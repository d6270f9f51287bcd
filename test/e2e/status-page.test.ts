// The status page in a real browser (Chromium): whole without scripts, live with them, for a keyboard and
// for a screen reader, in both colour schemes; and closed to other pages and to what others wrote.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import t from 'tap'
import type { StatusReport } from '../../src/status/report.ts'
import { createStatusServer } from '../../src/status/server.ts'
import { report as hostileReport } from '../status/fixtures.ts'
import { startChromium } from './helpers/chromium.ts'
import type { Scope } from './helpers/program.ts'
import { openTab, type StatusTab } from './helpers/status-browser.ts'
import { sendMorning, startStatusGate } from './helpers/status-gate.ts'

const [browser, setup] = await Promise.all([
  startChromium(t, ['--host-resolver-rules=MAP evil.example 127.0.0.1']),
  startStatusGate(t),
])
await sendMorning(setup)
const { send, statusUrl } = setup
const axe = readFileSync(resolve('test/e2e/node_modules/axe-core/axe.min.js'), 'utf8')

const listen = async (scope: Scope, server: ReturnType<typeof createServer>): Promise<number> => {
  server.listen(0, '127.0.0.1')
  scope.teardown(() => server.close().closeAllConnections())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** The page of a report that the test makes. */
const serveReport = async (scope: Scope, make: () => StatusReport): Promise<string> =>
  `http://127.0.0.1:${await listen(
    scope,
    createStatusServer(async () => make()),
  )}/`

const textOf = (selector: string): string => `document.querySelector('${selector}').innerText`

/** Everything that the report put on the page, but for what moves by itself. */
const values = `JSON.stringify([...document.querySelectorAll('[data-v]')]
  .filter(({ dataset: { v } }) => !/^at$|Seconds$/.test(v))
  .map(({ dataset: { v, is }, textContent }) => [v, is, textContent]))`

/** What axe-core has to say of the page as it stands. */
const violations = async (tab: StatusTab): Promise<unknown> => {
  await tab.evaluate(`${axe}; undefined`)
  return JSON.parse(
    String(
      await tab.evaluate(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
        JSON.stringify(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])))`),
    ),
  )
}

t.test('the page is whole without a script', async (t) => {
  const tab = await openTab(browser, { scripts: 'off' })
  await tab.visit(`${statusUrl}/`)
  const text = String(await tab.evaluate('document.body.innerText')).replaceAll('\u00a0', ' ')
  for (const part of [
    ...['Ready', 'Up for', 'GET /orders/{orderId}', 'orders/read, orders/admin', 'group admins'],
    ...['token_missing 5, token_expired 4', 'connect ECONNREFUSED', 'Recent refusals 30', 'Reload'],
    ...['target_ambiguous 2', 'no_route 3', 'were never fetched; its tokens are answered 503'],
    'None since the start',
  ]) {
    t.match(text, part)
  }
  t.notMatch(text, /Pause|that refused something/, 'nothing is there that would do nothing')
  t.strictSame(tab.complaints(), [])
  await tab.close()
})

t.test('it is live: what changes is written in place, as the server writes it', async (t) => {
  const tab = await openTab(browser)
  await tab.visit(`${statusUrl}/`)
  await tab.evaluate(`row = document.querySelector('[data-rows="routes"] tr'); scrollTo(0, 300);
    document.querySelector('#filter').focus()`)
  const denied = `Number(document.querySelector('[data-v="totals.denied"]').textContent)`
  const before = Number(await tab.evaluate(denied))
  await send('/orders', { 'x-request-id': 'seen-live' })
  t.equal(await tab.until(denied, before + 1), before + 1)
  t.match(
    await tab.evaluate(textOf('[data-rows="refusals"] tr')),
    /token_missing.*401.*GET \/orders\sseen-live/s,
  )
  t.ok(await tab.evaluate(`row === document.querySelector('[data-rows="routes"] tr')`))
  t.ok(await tab.evaluate(`document.activeElement.id === 'filter' && scrollY === 300`))
  t.equal(await tab.evaluate(textOf('#told')), '', 'figures are not read out')
  const plain = await openTab(browser, { scripts: 'off' })
  await plain.visit(`${statusUrl}/`)
  t.strictSame(
    JSON.parse(String(await tab.evaluate(values))),
    JSON.parse(String(await plain.evaluate(values))),
  )
  t.strictSame([...tab.complaints(), ...plain.complaints()], [])
  await Promise.all([tab.close(), plain.close()])
})

t.test('it can be paused, and pauses while nobody sees it', async (t) => {
  const tab = await openTab(browser)
  await tab.visit(`${statusUrl}/`)
  const asked = (): number =>
    tab.events.filter(
      ({ method, params }) =>
        method === 'Network.requestWillBeSent' && JSON.stringify(params).includes('/status"'),
    ).length
  const quietFor = async (ms: number): Promise<boolean> => {
    const before = asked()
    // Longer than the time between two updates.
    await tab.evaluate(`new Promise((done) => setTimeout(done, ${ms}))`)
    return asked() === before
  }
  await tab.evaluate(`document.querySelector('#pause').click()`)
  t.equal(await tab.evaluate(textOf('#pause')), 'Resume')
  t.match(await tab.evaluate(textOf('.live p')), /^Paused at 20/)
  t.equal(await tab.evaluate(textOf('#told')), 'Updates are paused')
  t.ok(await quietFor(2300))
  await tab.evaluate(`document.querySelector('#pause').click()`)
  t.equal(await tab.until(`document.documentElement.dataset.live`, 'live'), 'live')
  const see = (hidden: boolean): Promise<unknown> =>
    tab.evaluate(`Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'))`)
  await see(true)
  t.ok(await quietFor(2300))
  const before = asked()
  await see(false)
  await tab.evaluate('new Promise((done) => setTimeout(done, 300))')
  t.ok(asked() > before, 'it asks at once')
  await tab.close()
})

t.test('a keyboard gets everywhere, in the order of the page', async (t) => {
  const tab = await openTab(browser)
  await tab.visit(`${statusUrl}/`)
  const focus = `(({ id, href, textContent, ariaLabel, tagName }) => id || ariaLabel ||
    (tagName === 'A' ? textContent : tagName))(document.activeElement)`
  const walk: unknown[] = []
  for (let step = 0; step < 13; step += 1) {
    await tab.press('Tab')
    walk.push(await tab.evaluate(focus))
  }
  t.strictSame(walk, [
    ...['Skip to the content', 'Authorizers', 'Routes', 'Refusals', 'Reloads', 'pause'],
    'Authorizers, their issuers and signing keys',
    ...['filter', 'refusing'],
    'Routes in matching order, what they ask for, and how requests were decided',
    'The last 50 refusals, the newest first',
    'The same as JSON',
    'BODY',
  ])
  await tab.evaluate(`document.activeElement.blur(); scrollTo(0, 0)`)
  await tab.visit(`${statusUrl}/`)
  await tab.press('Tab')
  const place = `(({ top, left }) => top >= 0 && left >= 0)(document.activeElement.getBoundingClientRect())`
  t.equal(await tab.evaluate(place), true, 'the link is seen once it has the focus')
  t.match(await tab.evaluate(`getComputedStyle(document.activeElement).outlineStyle`), 'solid')
  await tab.press('Enter')
  t.equal(await tab.evaluate('document.activeElement.id'), 'main')
  await tab.press('Tab')
  t.equal(await tab.evaluate(focus), 'Authorizers, their issuers and signing keys')
  await tab.close()
})

for (const scheme of ['light', 'dark'] as const) {
  t.test(`axe-core finds nothing wrong, ${scheme}, wide and narrow`, async (t) => {
    for (const width of [1280, 360]) {
      const tab = await openTab(browser, { scheme, width })
      await tab.visit(`${statusUrl}/`)
      t.strictSame(await violations(tab), [], `${width}`)
      const wider = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
      t.equal(await tab.evaluate(wider), 0, 'tables scroll, not the page')
      const ground = String(await tab.evaluate('getComputedStyle(document.body).backgroundColor'))
      const [red = 0] = (/\d+/.exec(ground) ?? []).map(Number)
      t.equal(red > 128, scheme === 'light')
      await tab.close()
    }
  })
}

t.test('what others wrote is text, served and live', async (t) => {
  let served = 0
  const url = await serveReport(t, () => {
    served += 1
    return served === 1 ? { ...hostileReport, refusals: [], keys: [] } : hostileReport
  })
  const tab = await openTab(browser)
  await tab.visit(url)
  t.equal(await tab.until(`document.querySelectorAll('[data-rows="refusals"] tr').length`, 1), 1)
  t.equal(await tab.evaluate(`document.querySelectorAll('img, [onerror]').length`), 0)
  t.equal(await tab.evaluate(`document.scripts.length`), 1)
  t.equal(await tab.evaluate(`document.title`), 'cognito-gate: Not ready')
  t.match(await tab.evaluate(textOf('[data-rows="refusals"]')), '<img src=x onerror=')
  t.strictSame(await violations(tab), [])
  t.strictSame(tab.complaints(), [])
  await tab.close()
})

t.test('a thousand routes are filtered as they are typed', async (t) => {
  const [first] = hostileReport.routes
  const routes = Array.from({ length: 1000 }, (_, index) => ({
    ...first!,
    ...{ route: `GET /things/${index}`, wouldDeny: index === 7 ? 1 : 0 },
  }))
  const url = await serveReport(t, () => ({ ...hostileReport, routes }))
  const tab = await openTab(browser)
  await tab.visit(url)
  const shown = textOf('#shown')
  await tab.evaluate(`document.querySelector('#filter').focus()`)
  for (const key of '/99') await tab.press(key)
  t.equal(await tab.evaluate(shown), '11 of 1,000 routes')
  await tab.evaluate(`document.querySelector('#refusing').click()`)
  t.equal(await tab.evaluate(shown), '0 of 1,000 routes')
  await tab.evaluate(`document.querySelector('#filter').value = '';
    document.querySelector('#filter').dispatchEvent(new Event('input'))`)
  t.equal(await tab.evaluate(shown), '1 of 1,000 routes')
  t.strictSame(tab.complaints(), [])
  await tab.close()
})

t.test('no other page reads it, under whatever name', async (t) => {
  const elsewhere: RequestListener = (_request, response) => {
    response.setHeader('content-type', 'text/html').end(`<!doctype html><title>other</title>
      <iframe src="${statusUrl}/"></iframe><script src="${statusUrl}/status.js"></script>`)
  }
  const port = await listen(t, createServer(elsewhere))
  for (const page of [`http://127.0.0.1:${port}/`, `http://evil.example:${port}/`]) {
    const tab = await openTab(browser)
    await tab.visit(page)
    const read = `fetch('${statusUrl}/status').then((answer) => answer.text(), () => 'nothing')`
    t.equal(await tab.evaluate(read), 'nothing', page)
    t.equal(
      await tab.evaluate(`frames.length && frames[0].origin`).catch(() => 'kept apart'),
      'kept apart',
    )
    t.equal(await tab.evaluate(`typeof formats`), 'undefined', 'its script was not given out')
    await tab.close()
  }
  const rebound = await openTab(browser)
  await rebound.visit(`${statusUrl.replace('127.0.0.1', 'evil.example')}/`)
  t.equal(
    await rebound.evaluate('document.body.innerText'),
    'ask for localhost, 127.0.0.1 or [::1]\n',
  )
  await rebound.close()
})

t.test('it says when the gate is gone', async (t) => {
  const tab = await openTab(browser)
  await tab.visit(`${statusUrl}/`)
  await setup.gate.stop('SIGINT')
  t.equal(await tab.until(`document.documentElement.dataset.live`, 'lost'), 'lost')
  t.match(await tab.evaluate(textOf('.live p')), /^Not reachable; last seen 20/)
  t.equal(await tab.evaluate(textOf('#told')), 'The gate cannot be reached')
})

// The script of the status page, as text: plain DOM calls, no markup is ever parsed. It asks for the
// report, and puts it where the server has put it, by the same functions.
import { formats, valueAt } from './formats.ts'

/** How often the report is asked for. */
const everyMs = 2000

const sources = Object.entries(formats).map(([name, format]) => `${name}: ${String(format)}`)

/** What is served as /status.js. */
export const script = `'use strict'
const formats = { ${sources.join(', ')} }
const valueAt = ${String(valueAt)}
${String.raw`
const byId = (id) => document.getElementById(id)
const quietly = (element, name, value) => {
  if (value === null) element.removeAttribute(name)
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value)
}
const say = (element, text) => {
  if (element.textContent !== text) element.textContent = text
}

/** Puts what belongs below an element there; the entries of lists are put by their rows. */
const put = (below, scope) => {
  for (const element of below.querySelectorAll('[data-v]')) {
    const row = element.closest('[data-rows] > *')
    if (row !== null && row !== below) continue
    const value = valueAt(scope, element.dataset.v)
    const { f } = element.dataset
    say(element, formats[f](value))
    quietly(element, 'data-is', value === 0 || f === 'word' ? String(value) : null)
  }
}

const putRows = (list, entries) => {
  const empty = document.querySelector('[data-row="' + list.dataset.rows + '"]').content.firstElementChild
  while (list.children.length > entries.length) list.lastElementChild.remove()
  while (list.children.length < entries.length) list.append(empty.cloneNode(true))
  entries.forEach((entry, index) => put(list.children[index], entry))
}

/** What a screen reader is told: never figures, only what became of the gate. */
let told = ''
const tell = (text) => {
  if (text === told) return
  told = text
  say(byId('told'), text)
}

let known
const show = (report) => {
  put(document, report)
  for (const list of document.querySelectorAll('[data-rows]')) putRows(list, report[list.dataset.rows])
  for (const element of document.querySelectorAll('[data-empty]')) {
    element.hidden = report[element.dataset.empty].length > 0
  }
  for (const element of document.querySelectorAll('[data-some]')) {
    element.hidden = report[element.dataset.some].length === 0
  }
  for (const element of document.querySelectorAll('[data-n]')) {
    say(element, formats.count(report[element.dataset.n].length))
  }
  document.title = 'cognito-gate: ' + formats.word(report.readiness)
  const news = formats.word(report.readiness) + '. ' + report.notices.join('. ')
  if (known !== undefined && known !== news) tell(news)
  known = news
  filterRoutes()
}

const filterRoutes = () => {
  const words = byId('filter').value.toLowerCase().split(' ').filter((word) => word !== '')
  const refusing = byId('refusing').checked
  let shown = 0
  const rows = document.querySelector('[data-rows="routes"]').children
  for (const row of rows) {
    const text = row.textContent.toLowerCase()
    const refused = ['denied', 'wouldDeny'].some(
      (count) => row.querySelector('[data-v="' + count + '"]').dataset.is !== '0',
    )
    row.hidden = !words.every((word) => text.includes(word)) || (refusing && !refused)
    if (!row.hidden) shown += 1
  }
  const all = words.length === 0 && !refusing
  say(byId('shown'), all ? '' : formats.count(shown) + ' of ' + formats.count(rows.length) + ' routes')
}

let paused = false
let timer
const wait = () => {
  clearTimeout(timer)
  if (!paused && !document.hidden) timer = setTimeout(refresh, EVERY)
}

/** Only the last one asked for is shown: a slow answer may not overtake a later one. */
let asked = 0
const refresh = async () => {
  clearTimeout(timer)
  const mine = (asked += 1)
  try {
    const answer = await fetch('/status', { cache: 'no-store', signal: AbortSignal.timeout(10000) })
    if (!answer.ok) throw new Error(String(answer.status))
    const report = await answer.json()
    if (mine !== asked) return
    show(report)
    if (!paused) live('Live', 'live')
  } catch {
    if (mine !== asked) return
    live('Not reachable; last seen', 'lost')
  }
  wait()
}

const live = (text, state) => {
  if (document.documentElement.dataset.live === 'lost' || state === 'lost') {
    tell(state === 'lost' ? 'The gate cannot be reached' : 'The gate is reached again')
  }
  document.documentElement.dataset.live = state
  say(byId('freshness'), text)
}

byId('pause').addEventListener('click', () => {
  paused = !paused
  say(byId('pause'), paused ? 'Resume' : 'Pause')
  if (paused) {
    asked += 1
    clearTimeout(timer)
    live('Paused at', 'paused')
    tell('Updates are paused')
  } else {
    tell('Updates go on')
    void refresh()
  }
})
document.addEventListener('visibilitychange', () => {
  if (document.hidden) clearTimeout(timer)
  else if (!paused) void refresh()
})
byId('filter').addEventListener('input', filterRoutes)
byId('refusing').addEventListener('change', filterRoutes)
byId('pause').hidden = false
document.querySelector('.tools').hidden = false
live('Live', 'live')
// A page that was left and come back to has the text of its filter again.
filterRoutes()
wait()
`.replace('EVERY', String(everyMs))}`

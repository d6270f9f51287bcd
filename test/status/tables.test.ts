import t from 'tap'
import {
  keysTable,
  refusalsTable,
  reloadsTable,
  routesTable,
  tableSection,
} from '../../src/status/tables.ts'
import { html } from '../../src/status/html.ts'
import { emptyReport, report } from './fixtures.ts'

const tables = [keysTable, routesTable, refusalsTable, reloadsTable]

t.test(
  'a table has a caption, heads for its columns and rows, and a way to scroll it',
  async (t) => {
    for (const table of tables) {
      const { markup } = tableSection(table, report)
      t.match(markup, new RegExp(`<caption class="unseen">\\s*${table.caption}\\s*</caption>`))
      t.match(markup, `role="region" aria-label="${table.caption}" tabindex="0"`)
      t.match(
        markup,
        `<section aria-labelledby="${table.id}">\n<h2 id="${table.id}">${table.title} `,
      )
      t.equal(markup.match(/<th scope="col"/g)?.length, table.columns.length)
      t.equal(markup.match(/<th scope="row"/g)?.length, report[table.list].length + 1)
      t.match(markup, new RegExp(`data-empty="${table.list}"\\s+hidden`))
    }
  },
)

t.test('an empty one says so, and has the row that is to come', async (t) => {
  for (const table of tables) {
    const { markup } = tableSection(table, emptyReport)
    t.match(markup, new RegExp(`data-empty="${table.list}"\\s*>\\s*${table.empty}`))
    t.match(markup, new RegExp(`<tbody data-rows="${table.list}">\\s*</tbody>`))
    t.match(markup, new RegExp(`<template data-row="${table.list}">\\s*<tr>`))
  }
})

t.test('tools stand above it', async (t) => {
  const { markup } = tableSection(routesTable, report, html`<p>tools</p>`)
  t.match(markup, /<h2[^]*<p>tools<\/p>[^]*<table>/)
})

// Every limit and time-out that a configuration can set: what the client sees when it is reached, the
// word in the log, and the series that counts it.
import t from 'tap'
import { topTable } from '../../../src/config/schema.ts'
import { startGate } from '../../helpers/gate.ts'
import { until } from '../../helpers/raw-upstream.ts'
import { linesOf, metricsOf } from './client.ts'
import { clientRows } from './client-rows.ts'
import { routes, type ApiType, type LimitRow } from './row.ts'
import { upstreamRows } from './upstream-rows.ts'
import { webSocketRows } from './websocket-rows.ts'

const rows: readonly LimitRow[] = [...clientRows, ...upstreamRows, ...webSocketRows]

/** The kinds of API to be asked: both where their answers differ. */
const asked = ({ client }: LimitRow): readonly (readonly [ApiType, string])[] =>
  typeof client === 'string'
    ? [['REST', client]]
    : [
        ['REST', client.REST],
        ['HTTP', client.HTTP],
      ]

for (const row of rows) {
  for (const [apiType, want] of asked(row)) {
    t.test(`${row.key}, ${apiType}`, async (t) => {
      const extra = `apiType: ${apiType}\n${row.config}\n${routes}`
      const gate = await startGate(t, extra, row.script)
      t.equal(await row.provoke(t, gate), want, 'the client')
      const { metric } = row
      if (metric !== undefined) {
        // Requests are counted once their answer is closed on the gate's side, too.
        let series: readonly string[] = []
        for (let tries = 0; tries < 100 && !series.includes(`cognito_gate_${metric}`); tries += 1) {
          series = await metricsOf(gate)
        }
        t.ok(series.includes(`cognito_gate_${metric}`), metric)
      }
      const denials = () => linesOf(gate).flatMap(({ denial }) => denial ?? [])
      if (row.denial !== undefined) await until(() => denials().length > 0, 'a line in the log')
      t.strictSame(denials(), row.denial === undefined ? [] : [row.denial], 'the log')
      const { logged } = row
      if (logged !== undefined) t.ok(linesOf(gate).some(({ msg }) => msg === logged))
    })
  }
}

t.test('each limit of the configuration is in the table once', async (t) => {
  const { limits, upstream, websocket } = topTable
  const keys = Object.entries({ limits, upstream, websocket }).flatMap(([section, table]) =>
    Object.entries<object>(table).flatMap(([key, leaf]) =>
      'format' in leaf && leaf.format === 'whole' ? [`${section}.${key}`] : [],
    ),
  )
  t.strictSame(rows.map(({ key }) => key).sort(), keys.sort())
})

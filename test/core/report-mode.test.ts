import t from 'tap'
import { describeReportMode, reportModeOf } from '../../src/core/report-mode.ts'
import { route } from '../helpers/authorizing.ts'

const enforced = route('/a')
const reported = route('/b', { enforcement: 'report', methods: ['GET', 'PUT'] })
const open = route('/c', { enforcement: 'report', access: 'NONE' })
const denied = route('/d', { enforcement: 'report', access: 'DENY' })
const fallback = route('$default', { enforcement: 'report', methods: ['ANY'] })

t.test('routes count by method, and only those that ask for something', async (t) => {
  const cases = [
    { enforcement: 'enforce', routes: [enforced, open, denied], want: undefined },
    {
      enforcement: 'enforce',
      routes: [enforced, reported, open, denied],
      want: 'report mode on 2 of 3 routes that ask for a token: what would be refused passes',
    },
    {
      enforcement: 'report',
      routes: [enforced],
      want: 'report mode for requests that no route takes: what would be refused passes',
    },
    {
      enforcement: 'report',
      routes: [reported],
      want: 'report mode on 2 of 2 routes that ask for a token and for requests that no route takes: what would be refused passes',
    },
    {
      enforcement: 'report',
      routes: [fallback],
      want: 'report mode on 1 of 1 routes that ask for a token: what would be refused passes',
    },
  ] as const
  for (const { want, ...given } of cases) {
    t.equal(describeReportMode(reportModeOf(given)), want)
  }
})

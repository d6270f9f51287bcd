import t from 'tap'
import { nodeProblem } from '../../src/commands/node-floor.ts'

t.test('only a Node.js with the fixed HTTP parser will do', async (t) => {
  for (const version of ['20.20.0', '20.20.2', '22.0.0', '24.21.0', '26.0.0-nightly']) {
    t.equal(nodeProblem(version), undefined, version)
  }
  for (const version of ['20.19.1', '20.9.5', '18.20.8', '16.0.0', '']) {
    t.equal(nodeProblem(version), `cognito-gate needs Node.js 20.20.0 or newer; this is ${version}`)
  }
})

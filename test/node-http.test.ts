import { spawnSync } from 'node:child_process'
import * as http from 'node:http'
import t from 'tap'
import * as ours from '../src/node-http.ts'

t.test('what it gives is node:http’s', async (t) => {
  for (const [name, value] of Object.entries(ours)) {
    t.equal(value, http[name as keyof typeof ours], name)
  }
})

t.test('to require it does not load fetch', async (t) => {
  const program = `require('node:http'); console.log(process.moduleLoadList.join('\\n'))`
  const { stdout } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' })
  t.match(stdout, /^NativeModule http$/m)
  t.notMatch(stdout, /undici/)
})

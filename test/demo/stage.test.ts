import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { createStage } from '../../src/demo/stage.ts'

t.test(
  'everything starts on free ports, tells denials by request id, and leaves nothing behind',
  async (t) => {
    const stage = await createStage('1.2.3')
    t.match(readFileSync(stage.configFile, 'utf8'), stage.pool.issuer)
    const answer = await fetch(`${stage.gateUrl}/profile`)
    t.equal(answer.status, 401)
    t.equal(stage.denialOf(answer.headers.get('x-amzn-requestid') ?? ''), 'token_missing')
    t.equal(stage.denialOf('another'), undefined)
    t.match(await (await fetch(`${stage.adminUrl}/metrics`)).text(), 'version="1.2.3"')
    await stage.close()
    t.notOk(existsSync(stage.configFile))
    await t.rejects(fetch(stage.gateUrl))
  },
)

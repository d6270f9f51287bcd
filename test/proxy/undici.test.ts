import t from 'tap'
import { Client as mainClient, errors as mainErrors } from 'undici'
import { Client, errors } from '../../src/proxy/undici.ts'

t.test('they are those of undici’s main module', async (t) => {
  t.equal(Client, mainClient)
  t.equal(errors.ConnectTimeoutError, mainErrors.ConnectTimeoutError)
  t.strictSame(Object.keys(errors), Object.keys(mainErrors))
})

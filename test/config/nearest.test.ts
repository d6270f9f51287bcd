import t from 'tap'
import { nearest } from '../../src/config/nearest.ts'

t.test('a typing error finds the word that was meant', async (t) => {
  const words = ['clientIds', 'userPoolIds', 'issuer', 'url', 'authorizer', 'authorizationType']
  for (const [given, want] of [
    ['clientIDs', 'clientIds'],
    ['cliendIds', 'clientIds'],
    ['isuer', 'issuer'],
    ['issuerr', 'issuer'],
    ['URL', 'url'],
    ['uri', 'url'],
    ['authoriser', 'authorizer'],
    ['', undefined],
    ['x', undefined],
    ['somethingElse', undefined],
    ['k'.repeat(100_000), undefined],
  ] as const) {
    t.equal(nearest(given, words), want, given.slice(0, 20))
  }
})

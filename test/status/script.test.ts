import t from 'tap'
import { Script } from 'node:vm'
import { formats, valueAt } from '../../src/status/formats.ts'
import { script } from '../../src/status/script.ts'

// That it does what it should is for a browser to show: test/e2e/status-page.test.ts.

/** What the script defines at its beginning, with nothing of this process at hand. */
const inPage = (expression: string): unknown => {
  const [beginning = ''] = script.split('\nconst byId')
  return new Script(`${beginning}\n;${expression}`).runInNewContext() as unknown
}

t.test('it is a script, and asks every two seconds', async (t) => {
  t.doesNotThrow(() => new Script(script))
  t.match(script, 'setTimeout(refresh, 2000)')
})

t.test('in the page values read as the server writes them', async (t) => {
  const values: Readonly<Record<keyof typeof formats, readonly unknown[]>> = {
    text: ['a', 7, null],
    count: [0, 1_234_567],
    bytes: [7, 2048, 33_554_432, 1024 ** 5],
    percent: [null, 0.123],
    duration: [null, 7, 77, 7777, 777_777],
    time: ['2026-11-29T07:15:59.120Z'],
    access: [
      { access: 'denied', authorizer: null },
      { access: 'token', authorizer: 'pool' },
    ],
    needs: [
      { scopes: [], groups: [] },
      { scopes: ['a'], groups: ['b'] },
    ],
    reasons: [{}, { a: 1, b: 2 }],
    pass: [true, false],
    word: [null, 'not_ready'],
  }
  for (const [name, given] of Object.entries(values)) {
    const format = formats[name as keyof typeof formats] as (value: unknown) => string
    for (const value of given) {
      t.equal(inPage(`formats['${name}'](${JSON.stringify(value)})`), format(value), name)
    }
  }
  t.equal(inPage(`valueAt({ a: { b: 1 } }, 'a.b')`), valueAt({ a: { b: 1 } }, 'a.b'))
})

t.test('it makes no markup and runs no text', async (t) => {
  t.notMatch(
    script,
    /innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(|DOMParser/,
  )
})

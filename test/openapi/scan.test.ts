import t from 'tap'
import { scan } from '../../src/openapi/scan.ts'
import { httpExport, restExport, swaggerExport } from '../helpers/gateway-exports.ts'

t.test('exports pass, with models that refer to themselves', async (t) => {
  for (const document of [restExport(), swaggerExport(), httpExport()]) {
    t.strictSame(scan(document), [])
  }
})

t.test('reserved names and dead references are found wherever they are', async (t) => {
  const document = {
    a: [{ b: JSON.parse('{"__proto__":{}}') as unknown }],
    constructor: 1,
    'x-y': { $ref: 'file:///etc/passwd' },
    z: { $ref: '#/none' },
  }
  t.strictSame(scan(document), [
    { pointer: '/constructor', message: 'is a reserved name' },
    { pointer: '/a/0/b/__proto__', message: 'is a reserved name' },
    {
      pointer: '/x-y/$ref',
      message:
        '"file:///etc/passwd" leads out of the export; only references such as "#/components/…" are followed',
    },
    { pointer: '/z/$ref', message: '"#/none" leads to nothing' },
  ])
})

t.test('no more than the first twenty are told', async (t) => {
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, { $ref: '#/x' }]))
  t.equal(scan(many).length, 20)
})

t.test('what is too deep, too large or within itself ends', async (t) => {
  const tooMuch = [{ pointer: '', message: 'is too large, or nested too deeply, to be an export' }]
  const loop: Record<string, unknown> = {}
  loop['loop'] = loop
  t.strictSame(scan(loop), tooMuch)
  t.strictSame(scan({ many: Array.from({ length: 200_000 }, () => 1) }), tooMuch)
})

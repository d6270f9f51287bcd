// Exports that are changed at random: whatever is wrong with one, no operation is opened that the
// export does not say is open.
import t from 'tap'
import { own } from '../../src/openapi/plain.ts'
import { readExport } from '../../src/openapi/read.ts'
import { httpExport, preflight, restExport, swaggerExport } from '../helpers/gateway-exports.ts'
import { createSeededRandom, type SeededRandom } from '../helpers/seeded-random.ts'

type Holder = Record<string, unknown> | unknown[]

/** Every map and list below a value. */
const holders = (value: unknown): Holder[] => {
  if (typeof value !== 'object' || value === null) return []
  return [value as Holder, ...Object.values(value).flatMap(holders)]
}

const junk: readonly unknown[] = [
  null,
  '',
  'NONE',
  'text',
  0,
  -1,
  true,
  [],
  {},
  [{}],
  ['PoolAuth'],
  { PoolAuth: [] },
  [{ PoolAuth: [] }, {}],
  { type: 'NONE' },
  { type: 'AWS_IAM' },
  { $ref: '#/paths' },
  { $ref: '#/components/securitySchemes/PoolAuth' },
]
const keys = [
  'security',
  'x-amazon-apigateway-auth',
  'x-amazon-apigateway-authtype',
  'x-amazon-apigateway-any-method',
  'x-amazon-apigateway-policy',
  'x-amazon-apigateway-integration',
  'isDefaultRoute',
  'type',
  'uri',
  '$ref',
]

const mutate = (document: Record<string, unknown>, random: SeededRandom): void => {
  const holder = random.pick(holders(document)) as Record<string, unknown>
  const names = Object.keys(holder)
  const name = random.pick(names.length === 0 || random.below(3) === 0 ? keys : names)
  switch (random.below(4)) {
    case 0:
      Reflect.deleteProperty(holder, name)
      break
    case 1:
      holder[`${name}${random.pick(['s', '_', ' '])}`] = holder[name]
      Reflect.deleteProperty(holder, name)
      break
    default:
      holder[name] = structuredClone(random.pick([...junk, ...holders(document)]))
  }
}

/** Whether the operation that a pointer names says itself that it is open. */
const saysOpen = (document: unknown, pointer: string): boolean => {
  // None of the policies that are put in lets everybody in.
  if (own(document, 'x-amazon-apigateway-policy') !== undefined) return false
  const path = pointer.slice(1).split('/')
  const node = path.reduce<unknown>(
    (value, key) => own(value, key.replaceAll('~1', '/').replaceAll('~0', '~')),
    document,
  )
  if (own(own(node, 'x-amazon-apigateway-auth'), 'type') === 'NONE') return true
  const security = own(node, 'security') ?? own(document, 'security') ?? []
  return typeof security === 'object' && Object.keys(security).length === 0
}

t.test('no change opens an operation that does not say that it is open', async (t) => {
  const random = createSeededRandom()
  t.comment(`FUZZ_SEED=${random.seed}`)
  const made = { read: 0, open: 0, denied: 0, refused: 0 }
  const withMock = () => ({ ...restExport(), ...{ 'x-mock': preflight() } })
  for (let round = 0; round < 1500; round += 1) {
    const document = random.pick([restExport, swaggerExport, httpExport, withMock])()
    for (let left = 1 + random.below(3); left > 0; left -= 1) mutate(document, random)
    const result = await readExport(document, {})
    if (!result.ok) {
      made.refused += 1
      if (result.error.length === 0) t.fail('is refused without a word')
      continue
    }
    made.read += 1
    const { configuration, origins, notes } = result.value
    const routes = configuration['routes'] as Record<string, unknown>[]
    for (const [index, route] of routes.entries()) {
      const pointer = String(origins.get(`routes[${index}]`))
      if (route['authorizationType'] === 'NONE') {
        made.open += 1
        if (!saysOpen(document, pointer)) t.fail(`opened ${pointer}: ${JSON.stringify(document)}`)
      } else if (route['authorizationType'] === 'DENY') {
        made.denied += 1
        if (!notes.some(({ effect }) => effect === 'denied')) t.fail(`denied ${pointer} in silence`)
      } else if (typeof route['authorizer'] !== 'string') {
        t.fail(`neither: ${JSON.stringify(route)}`)
      }
    }
  }
  t.ok(
    Object.values(made).every((count) => count > 20),
    JSON.stringify(made),
  )
})

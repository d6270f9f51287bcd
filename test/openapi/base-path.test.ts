import t from 'tap'
import { basePathOf } from '../../src/openapi/base-path.ts'

t.test('the base path is that of 2.0, or of the first server', async (t) => {
  const server = (url: unknown, variables?: unknown) => ({
    servers: [{ url, variables }, { url: 'https://b/c' }],
  })
  const cases: readonly (readonly ['2.0' | '3.0', Record<string, unknown>, string])[] = [
    ['2.0', { basePath: '/prod' }, '/prod'],
    ['2.0', { basePath: 'prod/' }, '/prod'],
    ['2.0', { basePath: '/' }, ''],
    ['2.0', {}, ''],
    ['2.0', { basePath: 5 }, ''],
    ['3.0', server('https://a/{basePath}', { basePath: { default: 'prod' } }), '/prod'],
    ['3.0', server('https://a/{basePath}', { basePath: { default: '/prod' } }), '/prod'],
    ['3.0', server('https://a/{basePath}', { basePath: { default: '' } }), ''],
    ['3.0', server('https://a/{basePath}'), ''],
    ['3.0', server('https://a/{toString}/b', {}), '/b'],
    ['3.0', server('//a/v1/b?c'), '/v1/b'],
    ['3.0', server('https://a'), ''],
    ['3.0', server('/v1'), ''],
    ['3.0', server(5), ''],
    ['3.0', { servers: [] }, ''],
    ['3.0', {}, ''],
  ]
  for (const [version, document, path] of cases) {
    t.equal(basePathOf(document, version), path, JSON.stringify(document))
  }
})

import t from 'tap'
import { backendOf, faultOfDestination } from '../../src/openapi/backends.ts'
import type { Destination } from '../../src/openapi/destination.ts'

const url = (host: string, prefix = '', route = 'INTERNET'): Destination => ({
  kind: 'url',
  host,
  route,
  prefix,
})
const lambda: Destination = { kind: 'lambda', host: 'Lambda functions', route: '', prefix: '' }
const backend = (...destinations: readonly Destination[]) =>
  backendOf(destinations.map((destination, i) => ({ destination, pointer: `/${i}` })))

t.test('the upstream is where most go', async (t) => {
  t.equal(backend(), undefined)
  const found = backend(
    url('https://b'),
    url('https://a', '/v2'),
    url('https://a', '/v1'),
    url('https://a', '/v1'),
  )!
  t.strictSame(found, { chosen: url('https://a', '/v1'), upstreamUrl: 'https://a/v1', notes: [] })
  t.equal(faultOfDestination(url('https://a', '/v1'), found), undefined)
  t.equal(
    faultOfDestination(url('https://b'), found),
    'goes to "https://b", but most go to "https://a"',
  )
  t.equal(
    faultOfDestination(url('https://a', '/v2'), found),
    'puts "/v2" in front of the path, but most put "/v1" there',
  )
  t.equal(
    faultOfDestination(url('https://a', '/v1', 'VPC_LINK "x"'), found),
    'goes to "https://a" by another connection than most',
  )
})

t.test('of equals it is the first', async (t) => {
  t.equal(backend(url('https://a'), url('https://b'))!.upstreamUrl, 'https://a')
  t.equal(backend(url('https://a', '/2'), url('https://a', '/1'))!.upstreamUrl, 'https://a/2')
})

t.test('what the export does not know of it is noted', async (t) => {
  const message = (...destinations: readonly Destination[]) => {
    const { upstreamUrl, notes } = backend(...destinations)!
    t.match(notes, [{ pointer: '/0', effect: 'note' }])
    return [upstreamUrl, notes[0]?.message]
  }
  t.strictSame(message(lambda, lambda, url('https://a')), [
    undefined,
    'Lambda functions are replaced by the service at upstream.url, for every path that is open',
  ])
  const arn: Destination = { kind: 'load balancer', host: 'arn:x', route: 'VPC_LINK', prefix: '' }
  t.strictSame(message(arn), [undefined, 'upstream.url must lead to "arn:x"'])
  t.strictSame(message({ ...arn, prefix: '/prod' }), [
    undefined,
    'upstream.url must lead to "arn:x", with the path "/prod"',
  ])
  t.strictSame(message(url('https://${stageVariables.host}', '/v1')), [
    undefined,
    'upstream.url must say what "https://${stageVariables.host}/v1" stands for',
  ])
  t.strictSame(message(url('http://nlb', '', 'VPC_LINK "x"')), [
    'http://nlb',
    'the address is reached through a VPC link; the gate must be able to reach upstream.url',
  ])
})

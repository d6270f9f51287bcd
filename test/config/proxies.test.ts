import t from 'tap'
import { readProxies } from '../../src/config/proxies.ts'
import { createProblems } from '../../src/config/problem.ts'
import { noProxies } from '../helpers/authorizer-settings.ts'

const read = (env: Readonly<Record<string, string>>) => {
  const problems = createProblems()
  const proxies = readProxies(env, problems.report)
  return { proxies, problems: problems.all().map(({ path, message }) => `${path}: ${message}`) }
}

const proxy = (origin: string, authorization?: string) => ({ origin, authorization })

t.test('without variables there is no proxy', async (t) => {
  t.strictSame(read({}), { proxies: noProxies, problems: [] })
  t.strictSame(read({ HTTP_PROXY: '', https_proxy: '', NO_PROXY: '' }), {
    proxies: noProxies,
    problems: [],
  })
})

t.test('each variable is read in either case, lower case first', async (t) => {
  const { proxies } = read({
    HTTP_PROXY: 'http://one:1',
    http_proxy: 'http://two:2/',
    HTTPS_PROXY: 'https://three',
    https_proxy: '',
    NO_PROXY: 'a',
    no_proxy: ' b.example, ,10.0.0.0/8\n.c.example ',
  })
  t.strictSame(proxies, {
    http: proxy('http://two:2'),
    https: proxy('https://three'),
    except: ['b.example', '10.0.0.0/8', '.c.example'],
  })
})

t.test('credentials become a header, whatever stands in them', async (t) => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
  for (const { given, want } of [
    { given: 'proxy:3128', want: proxy('http://proxy:3128') },
    { given: 'HTTP://Proxy:80', want: proxy('http://proxy') },
    { given: 'http://[::1]:3128', want: proxy('http://[::1]:3128') },
    {
      given: 'http://jane:secret@proxy:3128',
      want: proxy('http://proxy:3128', basic('jane:secret')),
    },
    { given: 'jane:secret@proxy:3128', want: proxy('http://proxy:3128', basic('jane:secret')) },
    { given: 'http://jane@proxy', want: proxy('http://proxy', basic('jane:')) },
    { given: 'http://:secret@proxy', want: proxy('http://proxy', basic(':secret')) },
    { given: 'http://j:a%3Ab%40%C3%BC@proxy', want: proxy('http://proxy', basic('j:a:b@ü')) },
  ]) {
    t.strictSame(read({ HTTPS_PROXY: given }), {
      proxies: { ...noProxies, https: want },
      problems: [],
    })
  }
})

t.test('what is no proxy is reported at its variable, without its value', async (t) => {
  const form = 'a proxy is given as http://host:port or http://user:password@host:port'
  for (const [given, want] of [
    ['http://', 'is not a URL'],
    ['http://jane:secret@proxy:99999', 'is not a URL'],
    ['jane:secret@', 'is not a URL'],
    ['http://jane:sec ret@proxy', 'is not a URL'],
    ['http:\\\\jane:secret@proxy', 'is not a URL'],
    ['socks5://jane:secret@proxy', 'has the scheme "socks5:", but only http and https can be used'],
    ['http://jane:secret@proxy:0', 'has port 0'],
    ['http://jane:secret@proxy/path', 'has more than an address'],
    ['http://jane:secret@proxy/?secret', 'has more than an address'],
    ['http://jane:secret@proxy#secret', 'has more than an address'],
    ['http://jane:secret%FF@proxy', 'has credentials with a bad %-escape'],
  ] as const) {
    for (const name of ['HTTP_PROXY', 'https_proxy']) {
      t.strictSame(read({ [name]: given }), {
        proxies: noProxies,
        problems: [`${name}: ${want}; ${form}`],
      })
    }
  }
})

import t from 'tap'
import { proxyOf } from '../../src/token/proxy-of.ts'

const http = { origin: 'http://plain:3128', authorization: undefined }
const https = { origin: 'http://secure:3128', authorization: undefined }

const proxied = (url: string, ...except: readonly string[]): string | undefined =>
  proxyOf(new URL(url), { http, https, except })?.origin

t.test('each scheme has a proxy of its own, or none', async (t) => {
  t.equal(proxied('https://idp.example/keys'), https.origin)
  t.equal(proxied('http://idp.example/keys'), http.origin)
  const except: readonly string[] = []
  t.equal(proxyOf(new URL('https://a'), { http, https: undefined, except }), undefined)
  t.equal(proxyOf(new URL('http://a'), { http: undefined, https, except }), undefined)
})

t.test('this machine is reached directly', async (t) => {
  for (const host of ['localhost:9229', 'pool.localhost', '127.0.0.1:80', '[::1]']) {
    t.equal(proxied(`http://${host}/`), undefined, host)
    t.equal(proxied(`https://${host}/`), undefined, host)
  }
})

t.test('NO_PROXY names hosts, domains, addresses and networks', async (t) => {
  for (const { url, entry, direct } of [
    { url: 'https://idp.example', entry: '*', direct: true },
    { url: 'https://idp.example', entry: 'idp.example', direct: true },
    { url: 'https://IDP.example.', entry: 'idp.EXAMPLE', direct: true },
    { url: 'https://idp.example', entry: 'idp.example.', direct: true },
    { url: 'https://a.idp.example', entry: 'idp.example', direct: true },
    { url: 'https://a.idp.example', entry: '.idp.example', direct: true },
    { url: 'https://idp.example', entry: '.idp.example', direct: true },
    { url: 'https://a.idp.example', entry: '*.idp.example', direct: true },
    { url: 'https://notidp.example', entry: 'idp.example', direct: false },
    { url: 'https://idp.example', entry: 'a.idp.example', direct: false },
    { url: 'https://idp.example', entry: 'exam*', direct: false },
    { url: 'https://idp.example', entry: '.', direct: false },
    { url: 'https://idp.example', entry: 'idp.example:443', direct: true },
    { url: 'http://idp.example', entry: 'idp.example:80', direct: true },
    { url: 'https://idp.example:8443', entry: 'idp.example:8443', direct: true },
    { url: 'https://idp.example:8443', entry: 'idp.example:443', direct: false },
    { url: 'https://10.1.2.3', entry: '10.1.2.3', direct: true },
    { url: 'https://10.1.2.3:8443', entry: '10.1.2.3:8443', direct: true },
    { url: 'https://10.1.2.3', entry: '10.1.2.3:8443', direct: false },
    { url: 'https://10.1.2.3', entry: '10.0.0.0/8', direct: true },
    { url: 'https://11.1.2.3', entry: '10.0.0.0/8', direct: false },
    { url: 'https://10.1.2.3', entry: '10.0.0.0/33', direct: false },
    { url: 'https://10.1.2.3', entry: '3', direct: false },
    { url: 'https://10.1.2.3', entry: 'fd00::/8', direct: false },
    { url: 'https://[fd00::7]', entry: 'fd00::/8', direct: true },
    { url: 'https://[fd00::7]', entry: 'fd00::7', direct: true },
    { url: 'https://[fd00::7]:8443', entry: '[fd00::7]:8443', direct: true },
    { url: 'https://[fd00::7]', entry: '[fd00::7]', direct: true },
    { url: 'https://[fd00::7]', entry: '::/129', direct: false },
    { url: 'https://idp.example', entry: '10.0.0.0/8', direct: false },
  ]) {
    t.equal(proxied(url, 'other.example', entry) === undefined, direct, `${url} ${entry}`)
  }
})

// Who may read the status page: whoever reaches loopback, and no web page that a browser there has
// open. A page of somewhere else can have the browser ask for anything on loopback.
import type { IncomingMessage } from 'node:http'

/** Why a request is not answered. */
export type Distrust = 'host' | 'origin'

/**
 * Judges a request by its head.
 *
 * `host`: it is not for a name of loopback. A name that somebody else owns may be made to stand for
 * 127.0.0.1 (DNS rebinding), and the browser then takes this listener for a part of that site. The
 * port may be any: `kubectl port-forward 8000:9092` has another one at its end.
 *
 * `origin`: a page of elsewhere asks, by `Origin` or by Fetch Metadata. Another port of localhost is
 * elsewhere, too, though browsers call it the same site. Following a link to the page is fine.
 */
export const distrust = (
  request: Pick<IncomingMessage, 'rawHeaders'>,
  kind: 'page' | 'part',
): Distrust | undefined => {
  const [host = '', ...more] = valuesOf(request, 'host')
  if (more.length > 0 || !isLoopbackHost(host)) return 'host'
  if (valuesOf(request, 'origin').some((origin) => origin !== `http://${host.toLowerCase()}`)) {
    return 'origin'
  }
  const sites = valuesOf(request, 'sec-fetch-site')
  if (sites.every((site) => site === 'same-origin' || site === 'none')) return undefined
  const isVisit =
    valuesOf(request, 'sec-fetch-mode').join() === 'navigate' &&
    valuesOf(request, 'sec-fetch-dest').join() === 'document'
  return kind === 'page' && isVisit ? undefined : 'origin'
}

/** Of names `localhost` alone; numbers cannot be rebound. */
const isLoopbackHost = (host: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(host)

const valuesOf = ({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>, name: string) =>
  rawHeaders.flatMap((line, index) =>
    index % 2 === 0 && line.toLowerCase() === name ? [rawHeaders[index + 1] as string] : [],
  )

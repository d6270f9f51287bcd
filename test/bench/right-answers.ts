// Before a system is timed: does it answer as it must? A verifier that lets an expired token pass is
// fast for the wrong reason.
import type { Contender } from './contenders.ts'
import { protectedPath, publicPath } from './loads.ts'
import { tampered, type Issuer } from './tokens.ts'
import { bodySizes, smallAnswer } from './upstream.ts'

/** Throws with every answer that is wrong. */
export const requireRightAnswers = async (
  contender: Contender,
  url: string,
  issuer: Issuer,
): Promise<void> => {
  const problems: string[] = []
  for (const { name, given, want } of await questionsFor(contender, issuer)) {
    const got = await ask(url, given)
    if (got !== want) problems.push(`${contender.name}: ${name}: ${got} instead of ${want}`)
  }
  if (problems.length > 0) throw new Error(problems.join('\n'))
}

interface Question {
  readonly name: string
  readonly given: { readonly path: string; readonly token?: string; readonly body?: Buffer }
  /** Status, and what was said with 200. */
  readonly want: string
}

const refused = '401'
const passed = `200 ${smallAnswer}`

const questionsFor = async ({ does }: Contender, issuer: Issuer): Promise<readonly Question[]> => {
  const path = protectedPath
  const withoutToken: Question = {
    name: 'no token',
    given: { path },
    want: does === 'passes' ? passed : refused,
  }
  if (does === 'refuses') return [withoutToken]
  if (does === 'passes') return [withoutToken, ...transfers]
  const [good = ''] = await issuer.goodTokens(1)
  return [
    { name: 'good token', given: { path, token: good }, want: passed },
    withoutToken,
    { name: 'expired token', given: { path, token: await issuer.expiredToken() }, want: refused },
    { name: 'tampered token', given: { path, token: tampered(good) }, want: refused },
    // Once more, since some remember.
    { name: 'good token again', given: { path, token: good }, want: passed },
  ]
}

/** For what passes everything; the gate's public routes are asked by `requireTransfers`. */
const transfers: readonly Question[] = [
  { name: 'public route', given: { path: publicPath }, want: passed },
  ...Object.entries(bodySizes).flatMap(([size, bytes]) => [
    { name: `${size} down`, given: { path: `/bodies/${size}` }, want: `200 ${bytes} bytes` },
    {
      name: `${size} up`,
      given: { path: '/upload', body: Buffer.alloc(bytes, 'x') },
      want: `200 ${bytes}`,
    },
  ]),
]

/** Throws unless public routes pass, and bodies arrive whole in both directions. */
export const requireTransfers = async (name: string, url: string): Promise<void> => {
  for (const { name: what, given, want } of transfers) {
    const got = await ask(url, given)
    if (got !== want) throw new Error(`${name}: ${what}: ${got} instead of ${want}`)
  }
}

const ask = async (url: string, { path, token, body }: Question['given']): Promise<string> => {
  const response = await fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    ...(body === undefined ? {} : { body }),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  })
  const text = await response.text()
  if (response.status !== 200) return String(response.status)
  return `200 ${text.length > 100 ? `${text.length} bytes` : text}`
}

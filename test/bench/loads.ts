// Turns what a comparison sends into wrk's words.
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Scope } from '../e2e/helpers/program.ts'
import { tempDir } from '../e2e/helpers/temp-dir.ts'
import type { Load } from './comparisons.ts'
import { tampered, type Issuer } from './tokens.ts'
import { bodySizes } from './upstream.ts'
import type { WrkOptions } from './wrk.ts'

/** The part of wrk's options that says what a request is. */
export type Requests = Pick<WrkOptions, 'headers' | 'script' | 'scriptArguments'> & {
  readonly path: string
}

/** Path of the route that asks for a token. */
export const protectedPath = '/orders/1042'
export const publicPath = '/public'

/** npm runs benchmarks in the project's root. */
const script = (name: string): string => resolve('test/bench', name)

/** Signs what tokens the load needs; those of a long list are left in a file for wrk. */
export const prepareLoad = async (scope: Scope, issuer: Issuer, load: Load): Promise<Requests> => {
  switch (load.kind) {
    case 'token':
      return { path: protectedPath, headers: await tokenHeaders(issuer, load.token) }
    case 'tokens': {
      const file = join(tempDir(scope), 'tokens')
      writeFileSync(file, (await issuer.goodTokens(load.count)).join('\n'))
      return {
        path: protectedPath,
        headers: [],
        script: script('tokens.lua'),
        scriptArguments: [file],
      }
    }
    case 'public':
      return { path: publicPath, headers: [] }
    case 'download':
      return { path: `/bodies/${load.size}`, headers: [] }
    case 'upload':
      return {
        path: '/upload',
        headers: [],
        script: script('upload.lua'),
        scriptArguments: [String(bodySizes[load.size])],
      }
  }
}

const tokenHeaders = async (
  issuer: Issuer,
  token: 'good' | 'tampered' | 'none',
): Promise<readonly string[]> => {
  if (token === 'none') return []
  const [good = ''] = await issuer.goodTokens(1)
  return [`Authorization: Bearer ${token === 'good' ? good : tampered(good)}`]
}

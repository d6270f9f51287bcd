// The TLS files of the listener: their texts, and what is wrong with them. Used when a configuration is
// loaded, and again whenever the files change.
import { X509Certificate } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { fail, ok, type Result } from '../core/result.ts'
import type { ListenTls, ListenTlsFiles } from '../core/settings.ts'
import type { Context } from './authorizer-settings.ts'
import { readBytes } from './files.ts'
import { checkKey, checkPair } from './key-pair.ts'
import type { Values } from './leaf.ts'
import { checkCertificates } from './pem.ts'
import { keyPath, shown } from './problem.ts'
import type { listenTable } from './schema-listen.ts'

type TlsValues = Values<typeof listenTable.tls>

/** What is in a file, or why it cannot be read: the end of a sentence that begins with its name. */
export type ReadText = (path: string) => Result<string, string>

/** What is wrong with a file, as the end of a sentence that begins with its name, and its key. */
export interface TlsFault {
  readonly key: keyof TlsValues
  readonly fault: string
}

/** The TLS settings of the listener; undefined without any, or beside a problem. */
export const listenTls = (given: TlsValues, context: Context): ListenTls | undefined => {
  const { certFile, keyFile, clientCaFile } = given
  const report = (key: keyof TlsValues, message: string): void => {
    context.report(keyPath('listen.tls', key), message)
  }
  if (certFile === '' || keyFile === '') {
    if (certFile !== '') report('certFile', 'needs keyFile')
    if (keyFile !== '') report('keyFile', 'needs certFile')
    if (clientCaFile !== '') report('clientCaFile', 'needs certFile and keyFile')
    return undefined
  }
  const files = {
    cert: context.resolvePath(certFile),
    key: context.resolvePath(keyFile),
    clientCa: clientCaFile === '' ? undefined : context.resolvePath(clientCaFile),
  }
  const known = context.inForce?.listen.tls
  if (isDeepStrictEqual(known?.files, files)) return known
  const read = readListenTls(files, readText)
  if (read.ok) return read.value
  for (const { key, fault } of read.error) report(key, `${shown(given[key])} ${fault}`)
  return undefined
}

/** Takes the files' texts through `read` and looks into them; all faults at once. */
export const readListenTls = (
  files: ListenTlsFiles,
  read: ReadText,
): Result<ListenTls, readonly TlsFault[]> => {
  const faults: TlsFault[] = []
  const take = (key: keyof TlsValues, path: string, check: Check): string | undefined => {
    const text = checked(read(path), check)
    if (text.ok) return text.value
    faults.push({ key, fault: text.error })
    return undefined
  }
  const cert = take('certFile', files.cert, checkCertificates)
  const key = take('keyFile', files.key, checkKey)
  const clientCa =
    files.clientCa === undefined
      ? undefined
      : take('clientCaFile', files.clientCa, checkCertificates)
  if (cert === undefined || key === undefined) return fail(faults)
  const mismatch = checkPair(cert, key)
  if (mismatch !== undefined) faults.push({ key: 'keyFile', fault: mismatch })
  return faults.length === 0 ? ok({ cert, key, clientCa, files }) : fail(faults)
}

/** Why clients will not take the listener's certificate at that time; undefined while it is valid. */
export const outOfDate = ({ cert }: Pick<ListenTls, 'cert'>, nowMs: number): string | undefined => {
  const { validFrom, validTo } = new X509Certificate(cert)
  if (nowMs > Date.parse(validTo)) return `expired at ${validTo}`
  return nowMs < Date.parse(validFrom) ? `is not valid before ${validFrom}` : undefined
}

type Check = (text: string) => string | undefined

const checked = (text: Result<string, string>, check: Check): Result<string, string> => {
  const fault = text.ok ? check(text.value) : undefined
  return fault === undefined ? text : fail(fault)
}

const readText: ReadText = (path) => {
  const bytes = readBytes(path)
  return bytes.ok ? ok(Buffer.from(bytes.value).toString('utf8')) : bytes
}

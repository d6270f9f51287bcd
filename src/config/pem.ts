// PEM files that a configuration names: read, looked into, handed on as text.
import { X509Certificate } from 'node:crypto'
import type { Context } from './authorizer-settings.ts'
import { readBytes } from './files.ts'
import { shown } from './problem.ts'

/**
 * The text of a PEM file. `check` says what is wrong with a text, as the end of a sentence that begins
 * with the file's name. Undefined when there is no file, or a problem was reported.
 */
export const readPem = (
  file: string,
  at: string,
  check: (text: string) => string | undefined,
  { report, resolvePath }: Context,
): string | undefined => {
  if (file === '') return undefined
  const bytes = readBytes(resolvePath(file))
  const text = bytes.ok ? Buffer.from(bytes.value).toString('utf8') : ''
  const fault = bytes.ok ? check(text) : bytes.error
  if (fault === undefined) return text
  report(at, `${shown(file)} ${fault}`)
  return undefined
}

/** What is wrong with a bundle of certificates; text around them is allowed. */
export const checkCertificates = (text: string): string | undefined => {
  const begun = text.split(beginning).length - 1
  if (begun === 0) {
    const key = text.includes('PRIVATE KEY-----') ? ' but a private key' : ''
    return `holds no PEM certificate${key}`
  }
  const whole = text.match(certificates) ?? []
  return whole.length === begun && whole.every((block) => parses(() => new X509Certificate(block)))
    ? undefined
    : 'holds a certificate that cannot be read'
}

/** Whether `parse` returns. */
export const parses = (parse: () => unknown): boolean => {
  try {
    parse()
    return true
  } catch {
    return false
  }
}

const beginning = '-----BEGIN CERTIFICATE-----'

const certificates = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

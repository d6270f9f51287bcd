// undici's client and its errors without the rest of undici: the package's main module also loads fetch,
// WebSockets, caches and mocks, which is a fifth of the gate's start. Nothing of ours is in here.
import { createRequire } from 'node:module'
import type { Client as ClientClass, errors as errorClasses } from 'undici'

const load = createRequire(import.meta.url)

// No documented paths; the version is pinned, and the test of this file holds them to the main module's.

/** `undici.Client`. */
export const Client = load('undici/lib/dispatcher/client.js') as typeof ClientClass

/** `undici.errors`. */
export const errors = load('undici/lib/core/errors.js') as typeof errorClasses

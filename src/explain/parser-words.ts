// What Node's HTTP parser finds wrong with a request, in words of those who asked about it.

const words: ReadonlyMap<unknown, string> = new Map([
  ['HPE_INVALID_METHOD', 'no method that HTTP knows; methods are in upper case'],
  ['HPE_INVALID_URL', 'the path does not begin with "/", or holds what no request line can'],
  ['HPE_INVALID_HEADER_TOKEN', 'a header has a name or value that HTTP does not allow'],
])

/** Undefined for everything else. */
export const parserWords = (error: unknown): string | undefined =>
  words.get((error as { readonly code?: unknown } | null)?.code)

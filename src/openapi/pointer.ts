// Names of places in an export (RFC 6901).

/** The pointer of something below `pointer`. */
export const below = (pointer: string, ...keys: readonly (string | number)[]): string =>
  [pointer, ...keys.map((key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1'))].join('/')

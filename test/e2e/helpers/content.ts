// Bodies that say whose they are, whatever part of them one has.

/** `size` bytes of the id again and again. */
export const contentOf = (id: string, size: number): Buffer => Buffer.alloc(size, `${id}|`)

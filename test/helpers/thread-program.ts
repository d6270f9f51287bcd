// The program of the thread that loads long configurations: the product's own, from its source. A thread
// does not begin with a TypeScript file by itself.
const register = import.meta.resolve('tsx/esm/api')
const program = new URL('../../src/commands/load-thread.ts', import.meta.url).href

export const threadProgram = new URL(
  `data:text/javascript,${encodeURIComponent(
    `import { register } from '${register}'; register(); await import('${program}')`,
  )}`,
)

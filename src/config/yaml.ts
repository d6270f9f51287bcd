// What is used of yaml, required: Node.js 20 reads every file of a CommonJS package twice when it is imported.
// Nothing of ours is in here.
import { createRequire } from 'node:module'
import type * as Yaml from 'yaml'

const yaml = createRequire(import.meta.url)('yaml') as typeof Yaml

export const { Composer, LineCounter, Parser, isAlias, isMap, isScalar, isSeq, stringify } = yaml
export type LineCounter = Yaml.LineCounter

// Writes plain data as the text of a configuration file.
import { stringify } from './yaml.ts'
import type { PlainMap } from './leaf.ts'

/** YAML 1.2 that `parseFile` reads back as the same data; no aliases, no line is folded. */
export const yamlText = (data: PlainMap): string =>
  stringify(data, { version: '1.2', schema: 'core', lineWidth: 0, aliasDuplicateObjects: false })

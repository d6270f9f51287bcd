// The types of a schema table: convict's own shape (doc, format, default, env) with bounds and words
// added, and the type of the values that a table yields. Nothing is checked here.
import type { PlainMap } from '../core/plain-map.ts'

export { isPlainMap, type PlainMap } from '../core/plain-map.ts'

interface Documented {
  /** Plain English for operators, with the unit. Goes into the README and the reference file. */
  readonly doc: string
  /** The environment variable that overrides the file. */
  readonly env?: string
  /** A key that a file must give. */
  readonly required?: true
}

export interface TextLeaf extends Documented {
  readonly format: 'text'
  readonly default: string | null
}

/** A whole number within bounds, both included. */
export interface WholeLeaf extends Documented {
  readonly format: 'whole'
  readonly default: number | null
  readonly min: number
  readonly max: number
}

export interface FlagLeaf extends Documented {
  readonly format: 'flag'
  readonly default: boolean
}

/** One word of a closed list. */
export interface WordLeaf extends Documented {
  readonly format: 'word'
  readonly default: string | null
  readonly words: readonly string[]
}

/** A list of texts, of a closed list of words when `words` is given. */
export interface ListLeaf extends Documented {
  readonly format: 'list'
  readonly default: readonly string[] | null
  readonly words?: readonly string[]
}

/** A text, or a list of texts. */
export interface TextOrListLeaf extends Documented {
  readonly format: 'text-or-list'
  readonly default: null
}

/** A map of free names to texts. */
export interface TextMapLeaf extends Documented {
  readonly format: 'text-map'
  readonly default: Readonly<Record<string, string>>
}

/** A map of free names to texts that may have several lines. */
export interface TemplateMapLeaf extends Documented {
  readonly format: 'template-map'
  readonly default: Readonly<Record<string, string>>
}

/** The status of a refusal, as a number, or as the text that exports of API Gateway have. */
export interface StatusLeaf extends Documented {
  readonly format: 'status'
  readonly default: null
}

/** A map of free names to a text or a list of texts each. */
export interface ListMapLeaf extends Documented {
  readonly format: 'list-map'
  readonly default: Readonly<Record<string, string | readonly string[]>> | null
}

/** A map of free names to entries that have a table of their own. */
export interface NamedEntriesLeaf extends Documented {
  readonly format: 'named-entries'
  readonly default: Readonly<Record<string, never>>
}

/** A list of entries that have a table of their own. */
export interface EntriesLeaf extends Documented {
  readonly format: 'entries'
  readonly default: readonly never[]
}

export type Leaf =
  | TextLeaf
  | WholeLeaf
  | FlagLeaf
  | WordLeaf
  | ListLeaf
  | TextOrListLeaf
  | TextMapLeaf
  | TemplateMapLeaf
  | StatusLeaf
  | ListMapLeaf
  | NamedEntriesLeaf
  | EntriesLeaf

/** Keys of one map: leaves, and groups of further keys. */
export interface Table {
  readonly [key: string]: Leaf | Table
}

interface FormatValues {
  readonly text: string
  readonly whole: number
  readonly flag: boolean
  readonly word: string
  readonly list: readonly string[]
  readonly 'text-or-list': string | readonly string[]
  readonly 'text-map': Readonly<Record<string, string>>
  readonly 'template-map': Readonly<Record<string, string>>
  readonly status: number | string
  readonly 'list-map': Readonly<Record<string, string | readonly string[]>>
  readonly 'named-entries': PlainMap
  readonly entries: readonly unknown[]
}

type Present<L extends Leaf> = L extends { format: 'word'; words: readonly (infer W)[] }
  ? W
  : L extends { format: 'list'; words: readonly (infer W)[] }
    ? readonly W[]
    : FormatValues[L['format']]

type LeafValue<L extends Leaf> = L extends { required: true }
  ? Present<L>
  : L extends { default: null }
    ? Present<L> | null
    : Present<L>

/** What a table yields once defaults are in place; null where a key without default was not given. */
export type Values<T extends Table> = {
  readonly [K in keyof T]: T[K] extends Leaf
    ? LeafValue<T[K]>
    : T[K] extends Table
      ? Values<T[K]>
      : never
}

/** Tells a key with a value from a group of keys. */
export const isLeaf = (node: Leaf | Table): node is Leaf => typeof node['format'] === 'string'

const mapFormats: readonly Leaf['format'][] = [
  'text-map',
  'template-map',
  'list-map',
  'named-entries',
]

/** Whether a leaf's value is a map of free names. */
export const isMapLeaf = ({ format }: Leaf): boolean => mapFormats.includes(format)

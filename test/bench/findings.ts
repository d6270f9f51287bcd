// Figures beside their targets: whether they meet them, and how that is said. Pure.

export interface Finding {
  /** What was measured: `processor time ÷ HAProxy jwt_verify`. */
  readonly what: string
  readonly value: number
  /** `×` is a ratio. */
  readonly unit: '×' | 'ms' | 'MiB' | '%'
  /** The most that it may be, in the same unit; none where it is published without one. */
  readonly target?: number
}

/** `no target`, `met`, or `missed`. What is not a number has missed. */
export const verdictOf = ({ value, target }: Finding): 'no target' | 'met' | 'missed' => {
  if (target === undefined) return 'no target'
  return value <= target ? 'met' : 'missed'
}

/** `0.48`, `1.20 ms`: small figures with two digits behind the point, from 100 on with none. */
export const inWords = (value: number, unit: Finding['unit']): string => {
  const digits = Math.abs(value) < 100 ? value.toFixed(2) : value.toFixed(0)
  return unit === '×' ? digits : `${digits} ${unit}`
}

export const targetInWords = ({ target, unit }: Finding): string =>
  target === undefined ? '' : `≤ ${target}${unit === '×' ? '' : ` ${unit}`}`

/** One line for each target of the case that was missed. */
export const missesOf = (findings: readonly Finding[]): readonly string[] =>
  findings
    .filter((finding) => verdictOf(finding) === 'missed')
    .map(
      (finding) =>
        `${finding.what}: ${inWords(finding.value, finding.unit)}, not ${targetInWords(finding)}`,
    )

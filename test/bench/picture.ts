// The picture of the README: processor time per request, case by case, as bars. Pure; no dependency.
import type { Cost } from './benchmark.ts'

export interface PictureCase {
  readonly title: string
  /** The subject first. */
  readonly costs: readonly Cost[]
}

const width = 760
const margin = 24
/** Where the bars begin, and how long the longest may be; its figure stands behind it. */
const barStart = 220
const barRoom = width - barStart - margin - 80
const barHeight = 18
const rowHeight = 24
const caseGap = 42
const headHeight = 66

/** Its own background under its own colours: it is legible wherever it is shown. */
const style = `
    .back { fill: #ffffff; stroke: #d0d7de }
    text { fill: #1f2328; font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif }
    .title { font-size: 17px; font-weight: 600 }
    .case { font-weight: 600 }
    .quiet { fill: #59636e }
    .ours { fill: #0969da }
    .theirs { fill: #afb8c1 }
    @media (prefers-color-scheme: dark) {
      .back { fill: #0d1117; stroke: #3d444d }
      text { fill: #f0f6fc }
      .quiet { fill: #9198a1 }
      .ours { fill: #4493f8 }
      .theirs { fill: #656c76 }
    }
`

/** An SVG document. Each case has a scale of its own, as a body costs a thousand times a request. */
export const drawPicture = (cases: readonly PictureCase[]): string => {
  const parts: string[] = []
  let top = headHeight
  for (const each of cases) {
    parts.push(drawCase(each, top))
    top += caseGap + each.costs.length * rowHeight
  }
  const height = top + margin / 2
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">
  <title id="title">Processor time per request</title>
  <desc id="desc">${escapeXml(cases.map(inOneSentence).join(' '))}</desc>
  <style>${style}  </style>
  <rect class="back" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
  <text class="title" x="${margin}" y="34">Processor time per request, µs</text>
  <text class="quiet" x="${margin}" y="54">shorter is better</text>
${parts.join('\n')}
</svg>
`
}

const drawCase = ({ title, costs }: PictureCase, top: number): string => {
  const longest = Math.max(...costs.map(({ microseconds }) => microseconds))
  const rows = costs.map(({ system, microseconds }, index) => {
    const y = top + 28 + index * rowHeight
    const length = Math.max(1, Math.round((microseconds / longest) * barRoom))
    const text = y + 14
    return [
      `  <text x="${barStart - 10}" y="${text}" text-anchor="end">${escapeXml(system)}</text>`,
      `  <rect class="${index === 0 ? 'ours' : 'theirs'}" x="${barStart}" y="${y}" width="${length}" height="${barHeight}" rx="2"/>`,
      `  <text class="quiet" x="${barStart + length + 8}" y="${text}">${figure(microseconds)}</text>`,
    ].join('\n')
  })
  return [
    `  <text class="case" x="${margin}" y="${top + 17}">${escapeXml(title)}</text>`,
    ...rows,
  ].join('\n')
}

const inOneSentence = ({ title, costs }: PictureCase): string =>
  `${title}: ${costs.map(({ system, microseconds }) => `${system} ${figure(microseconds)} µs`).join(', ')}.`

const figure = (microseconds: number): string =>
  microseconds < 10 ? microseconds.toFixed(1) : Math.round(microseconds).toLocaleString('en')

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

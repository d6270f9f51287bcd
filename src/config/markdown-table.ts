// Markdown tables as Prettier lays them out, so that generated documentation survives formatting.

/** A table with a heading row. Cells are Markdown of one line; '|' in them is escaped. */
export const markdownTable = (
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): string => {
  const cells = [heading, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = heading.map((_, column) =>
    Math.max(3, ...cells.map((row) => (row[column] ?? '').length)),
  )
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`
  const [first = [], ...others] = cells
  const rule = widths.map((width) => '-'.repeat(width))
  return [first, rule, ...others].map(line).join('\n')
}

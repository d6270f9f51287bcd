// Generated parts of a document: what stands between the two comments that name a section.

/** A section's content; undefined without its comments. */
export const sectionOf = (text: string, name: string): string | undefined => {
  const [, after] = text.split(`<!-- ${name}:begin -->\n`)
  const [section] = after?.split(`<!-- ${name}:end -->`) ?? []
  return section?.trim()
}

/** The text with a section's content replaced; its two comments stay. Throws without them. */
export const withSection = (text: string, name: string, content: string): string => {
  const begin = `<!-- ${name}:begin -->`
  const end = `<!-- ${name}:end -->`
  const [before, rest] = text.split(begin)
  const [, after] = rest?.split(end) ?? []
  if (before === undefined || after === undefined) throw new Error(`there is no ${begin} … ${end}`)
  return `${before}${begin}\n\n${content}\n\n${end}${after}`
}

// Finds what a misspelt word was meant to be, for messages.

/** The word nearest to `given`, by edits, if it is near enough to be worth suggesting. */
export const nearest = (given: string, words: readonly string[]): string | undefined => {
  if (given.length > longest) return undefined
  const folded = given.toLowerCase()
  let best: string | undefined
  // A third of the word may be wrong: less misses swapped letters, more suggests nonsense.
  let least = Math.ceil(given.length / 3) + 1
  for (const word of words) {
    const edits = distance(folded, word.toLowerCase())
    if (edits < least) {
      best = word
      least = edits
    }
  }
  return best
}

/** No key is as long, and the work grows with the square. */
const longest = 64

/** Levenshtein distance, one row of the table at a time. */
const distance = (from: string, to: string): number => {
  let edits = to.length
  let above = Array.from(to, (_, column) => column + 1)
  for (let row = 0; row < from.length; row += 1) {
    let diagonal = row
    edits = row + 1
    above = above.map((up, column) => {
      const swap = diagonal + (from[row] === to[column] ? 0 : 1)
      edits = Math.min(up + 1, edits + 1, swap)
      diagonal = up
      return edits
    })
  }
  return edits
}

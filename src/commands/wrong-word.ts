// What a wrong word on the command line was meant to be. Nothing is done by a guess: it is only said.
import { nearest } from '../config/nearest.ts'

/** One line about a word that is no command. */
export const describeUnknownCommand = (word: string, commands: readonly string[]): string =>
  `unknown command "${word}"${didYouMean(meantCommand(word, commands))}`

const meantCommand = (word: string, commands: readonly string[]): string | undefined => {
  if (/\.(?:ya?ml|json)$/i.test(word)) return `--config ${word}`
  if (word === 'help' || word === 'version') return `--${word}`
  return nearest(word, commands)
}

/** One line about an option that a command does not have; `names` are those it has, without dashes. */
export const describeUnknownOption = (option: string, names: readonly string[]): string => {
  const word = option.replace(/^-+/, '')
  // Every command has these two, and a letter of others is told by its first.
  const known = [...names, 'help', 'version']
  const meant =
    word.length === 1
      ? known.find((name) => name.startsWith(word.toLowerCase()))
      : nearest(word, known)
  return `unknown option ${option}${didYouMean(meant === undefined ? undefined : `--${meant}`)}`
}

const didYouMean = (meant: string | undefined): string =>
  meant === undefined ? '' : `; did you mean ${meant}?`

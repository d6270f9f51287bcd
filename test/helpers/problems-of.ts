// Runs a check of the configuration and returns what it reported, one text for each problem.
import { createProblems, type Report } from '../../src/config/problem.ts'

export const problemsOf = (check: (report: Report) => unknown): readonly string[] => {
  const problems = createProblems()
  check(problems.report)
  return problems.all().map(({ path, message }) => `${path}: ${message}`)
}

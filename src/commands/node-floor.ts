// The oldest Node.js the gate runs on. Older ones have request smuggling holes in their HTTP parser
// (CVE-2025-23167, open in 20.19.0 and 20.19.1).

const floor = { major: 20, minor: 20 } as const

/** What to tell the operator of a Node.js that is too old; undefined when it will do. */
export const nodeProblem = (version: string): string | undefined => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const good = major > floor.major || (major === floor.major && minor >= floor.minor)
  return good
    ? undefined
    : `cognito-gate needs Node.js ${floor.major}.${floor.minor}.0 or newer; this is ${version}`
}

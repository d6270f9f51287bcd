// The icon of the status page: a gate, in a colour that stands on light and on dark.

/** What is served as /status.svg. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
<path fill="none" stroke="#4a7fd4" stroke-width="2" stroke-linecap="round" d="M2 14V6a6 5 0 0 1 12 0v8M6 14V7m4 7V7"/>
</svg>
`

// Makes the README's pictures of the status page, light and dark, from the built gate in Chromium:
// npm run build && node --import=tsx test/e2e/pictures/make.ts
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startChromium } from '../helpers/chromium.ts'
import { openTab } from '../helpers/status-browser.ts'
import { sendMorning, startStatusGate } from '../helpers/status-gate.ts'

const ends: (() => unknown)[] = []
const scope = { teardown: (end: () => unknown) => void ends.unshift(end) }
try {
  const [browser, gate] = await Promise.all([startChromium(scope), startStatusGate(scope)])
  await sendMorning(gate)
  for (const scheme of ['light', 'dark'] as const) {
    const tab = await openTab(browser, { scheme, width: 1200, height: 980 })
    await tab.visit(`${gate.statusUrl}/`)
    const file = join(import.meta.dirname, `status-${scheme}.png`)
    writeFileSync(file, Buffer.from(await tab.screenshot(), 'base64'))
    await tab.close()
  }
} finally {
  for (const end of ends) await end()
}

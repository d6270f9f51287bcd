// A page of the status page in Chromium: opened with or without scripts, light or dark, driven by keys,
// and asked what its user would see.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Chromium, Page } from './chromium.ts'

export interface View {
  readonly scripts?: 'on' | 'off'
  readonly scheme?: 'light' | 'dark'
  readonly width?: number
  readonly height?: number
  /** Device pixels for each of the page's. */
  readonly scale?: number
}

export interface StatusTab extends Page {
  /** Opens a URL and waits until it is loaded. */
  readonly visit: (url: string) => Promise<void>
  readonly press: (key: string) => Promise<void>
  /** PNG, as base64. */
  readonly screenshot: () => Promise<string>
  /** What the browser complained of: errors of scripts, broken policies, failed loads. */
  readonly complaints: () => readonly string[]
  /** Evaluates until the value is the one that is wanted, for 10 s; gives the last one. */
  readonly until: (expression: string, want: unknown) => Promise<unknown>
}

const keyCodes: Readonly<Record<string, number>> = { Tab: 9, Enter: 13, ' ': 32 }

/** Opens an empty tab. */
export const openTab = async (browser: Chromium, view: View = {}): Promise<StatusTab> => {
  const { scripts = 'on', scheme = 'light', width = 1280, height = 900, scale = 1 } = view
  const page = await browser.open('about:blank')
  const { command, evaluate, events } = page
  for (const domain of ['Page', 'Log', 'Runtime', 'Network']) await command(`${domain}.enable`)
  await command('Emulation.setDeviceMetricsOverride', {
    ...{ width, height, deviceScaleFactor: scale, mobile: false },
  })
  await command('Emulation.setEmulatedMedia', {
    features: [{ name: 'prefers-color-scheme', value: scheme }],
  })
  await command('Emulation.setScriptExecutionDisabled', { value: scripts === 'off' })

  const loads = (): number => events.filter(({ method }) => method === 'Page.loadEventFired').length
  return {
    ...page,
    visit: async (url) => {
      const before = loads()
      await command('Page.navigate', { url })
      const deadline = Date.now() + 15_000
      while (loads() === before && Date.now() < deadline) await sleep(20)
      if (loads() === before) throw new Error(`${url} was not loaded in time`)
    },
    press: async (key) => {
      const code = keyCodes[key] ?? key.toUpperCase().charCodeAt(0)
      const text = { Tab: '', Enter: '\r' }[key] ?? key
      const common = { key, code: key, windowsVirtualKeyCode: code }
      await command('Input.dispatchKeyEvent', { type: 'keyDown', ...common, text })
      await command('Input.dispatchKeyEvent', { type: 'keyUp', ...common })
    },
    screenshot: async () => {
      const { data } = await command('Page.captureScreenshot', { format: 'png' })
      return String(data)
    },
    complaints: () => events.flatMap(({ method, params }) => complaintOf(method, params)),
    until: async (expression, want) => {
      const deadline = Date.now() + 10_000
      for (;;) {
        const value = await evaluate(expression)
        if (value === want || Date.now() > deadline) return value
        await sleep(50)
      }
    },
  }
}

const complaintOf = (method: string, params: object): readonly string[] => {
  if (method === 'Runtime.exceptionThrown') return [JSON.stringify(params)]
  if (method === 'Runtime.consoleAPICalled') return [JSON.stringify(params)]
  if (method !== 'Log.entryAdded') return []
  const { entry } = params as { entry: { level: string; text: string; url?: string } }
  return entry.level === 'error' || entry.level === 'warning'
    ? [`${entry.text} ${entry.url ?? ''}`]
    : []
}

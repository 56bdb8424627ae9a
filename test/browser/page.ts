import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Test } from 'tap'
import { startChromium, type Chromium } from './chromium.ts'

export interface View {
  readonly scheme?: 'light' | 'dark'
  readonly media?: 'screen' | 'print'
  readonly isScriptOff?: boolean
}

export interface Page {
  readonly url: string
  /** The value of an expression in the page. */
  readonly evaluate: <T = unknown>(expression: string) => Promise<T>
  readonly call: Chromium['call']
  /** The addresses that it asked for, and those that its policy refused to ask. */
  readonly requests: () => readonly string[]
  readonly refused: readonly string[]
  /** What stands in its console: messages, errors, and what its policy refused. */
  readonly told: readonly string[]
  /** A PNG, in the folder that $SCREENSHOTS names; where none is named, nothing. */
  readonly shoot: (name: string) => Promise<void>
}

/** The browser of a test file, which ends with it. */
export async function openBrowser(t: Test): Promise<Chromium> {
  const chromium = await startChromium()
  t.teardown(chromium.close)
  return chromium
}

/** Writes the page to a file and opens that, 1400 by 900, as who was sent it would; resolves when it is loaded. */
export async function openPage(t: Test, { call, onEvent }: Chromium, text: string, view: View = {}): Promise<Page> {
  const file = join(t.testdir({ 'page.html': text }), 'page.html')
  const url = pathToFileURL(file).href
  const { targetId } = await call('Target.createTarget', { url: 'about:blank' })
  const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true })
  const inPage: Chromium['call'] = (method, params) => call(method, params, sessionId)
  const asked = new Map<string, string>()
  const [refused, told]: [string[], string[]] = [[], []]
  const loaded = Promise.withResolvers<void>()
  onEvent(event => {
    if (event.sessionId !== sessionId) return
    const { method, params: { requestId = '', request, blockedReason, entry, args, exceptionDetails } } = event
    if (method === 'Network.requestWillBeSent') asked.set(requestId, request?.url ?? '')
    // What is refused is told as a request first.
    if (method === 'Network.loadingFailed' && blockedReason === 'csp') {
      refused.push(asked.get(requestId) ?? '')
      asked.delete(requestId)
    }
    if (method === 'Log.entryAdded') told.push(`${entry?.level}: ${entry?.text}`)
    if (method === 'Runtime.consoleAPICalled') told.push(`console: ${JSON.stringify(args)}`)
    if (method === 'Runtime.exceptionThrown') told.push(`exception: ${JSON.stringify(exceptionDetails)}`)
    if (method === 'Page.loadEventFired') loaded.resolve()
  })
  for (const domain of ['Page', 'Network', 'Log', 'Runtime']) await inPage(`${domain}.enable`)
  await inPage('Emulation.setDeviceMetricsOverride', { width: 1400, height: 900, deviceScaleFactor: 1, mobile: false })
  const { scheme = 'light', media = 'screen', isScriptOff = false } = view
  await inPage('Emulation.setEmulatedMedia', { media, features: [{ name: 'prefers-color-scheme', value: scheme }] })
  await inPage('Emulation.setScriptExecutionDisabled', { value: isScriptOff })
  await inPage('Page.navigate', { url })
  await loaded.promise
  return {
    url, refused, told, call: inPage,
    requests: () => [...asked.values()],
    async evaluate<T>(expression: string) {
      const { result, exceptionDetails } = await inPage('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true })
      if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails))
      return result.value as T
    },
    async shoot(name) {
      const folder = process.env['SCREENSHOTS']
      if (folder === undefined) return
      const { data } = await inPage('Page.captureScreenshot', { format: 'png' })
      await writeFile(join(folder, `${name}.png`), data, 'base64')
    },
  }
}

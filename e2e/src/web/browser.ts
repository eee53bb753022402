// For tests of the web app in a browser: the whole platform with the built app, and pages that record every error.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core'
import { inject, onTestFailed, test, TestRunner } from 'vitest'
import { en } from '@bahi/web-pay/language/en.ts'
import { hi } from '@bahi/web-pay/language/hi.ts'
import { appsTexts } from '@bahi/web-pay/screens/apps/apps-texts.ts'
import { developerTexts } from '@bahi/web-pay/screens/developer/developer-texts.ts'
import { kycTexts } from '@bahi/web-pay/screens/kyc/kyc-texts.ts'
import { lockTexts } from '@bahi/web-pay/screens/lock/lock-texts.ts'
import { passkeyTexts } from '@bahi/web-pay/session/passkey-texts.ts'
import { contactsTexts } from '@bahi/web-pay/screens/contacts/contacts-texts.ts'
import { mandateTexts } from '@bahi/web-pay/screens/autopay/mandate-texts.ts'
import { limitsTexts } from '@bahi/web-pay/screens/limits/limits-texts.ts'
import { spendingTexts } from '@bahi/web-pay/screens/insight/spending-texts.ts'
import { scanTexts } from '@bahi/web-pay/screens/scan/scan-texts.ts'
import { statementTexts } from '@bahi/web-pay/screens/history/statement-texts.ts'
import { verifyTexts } from '@bahi/web-pay/screens/verify/verify-texts.ts'
import { freePort } from '@bahi/kit/port.ts'
import { folderStorage } from '@bahi/kit/blobs/folder-storage.ts'
import type { SignedInPerson } from '@bahi/platform/api-client.ts'
import { signInBrowser } from './sign-in.ts'
import { startPlatform, type RunningPlatform } from '@bahi/platform/testing-platform.ts'

export const phone = { width: 390, height: 844 }
export const desktop = { width: 1280, height: 800 }

export type Visit = {
  page: Page
  context: BrowserContext
  /** What the browser complained of: scripts that failed, the page's own policy broken. */
  faults: string[]
  /** Signs in without a form, on the device that the person registered with. The app is still to be opened. */
  signInAs(human: SignedInPerson): Promise<void>
  close(): Promise<void>
}

export type BrowserPlatform = RunningPlatform & {
  visit(options?: VisitOptions): Promise<Visit>
  /** What the camera sees, whenever it starts from then on: `cameraSize` of grey, a byte for each point. */
  showCamera(grey: Buffer): Promise<void>
}

export const cameraSize = { width: 640, height: 480 }

/** One frame of a video (YUV4MPEG2), which Chromium repeats. */
function videoOf(grey: Buffer): Buffer {
  const { width, height } = cameraSize
  const colourless = Buffer.alloc((width * height) / 2, 128)
  return Buffer.concat([
    Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\nFRAME\n`),
    ...[grey, colourless],
  ])
}

type VisitOptions = {
  viewport?: { width: number; height: number }
  theme?: 'light' | 'dark'
  language?: 'en' | 'hi'
  /** As a person can set it in the browser: neither cookies nor storage. */
  siteData?: 'allowed' | 'blocked'
  /** Keeps the app for a start without a network. Otherwise none is registered: it costs a fifth of a story. */
  serviceWorker?: boolean
  /** Shows notifications, which a browser without windows does not. */
  notifications?: boolean
  /** In the place of the app people pay with. */
  app?: 'console'
  /** By this name, and with an authenticator (WebAuthn): a browser takes no passkey at an address of digits. */
  host?: 'localhost'
}

const launchOptions = (program: 'chromium' | 'headlessShell', camera?: string) => ({
  executablePath: inject(program),
  args: [
    // Nobody but us is on its pages, and as root it starts no other way.
    '--no-sandbox',
    // Nothing here has one; drawing as if there were one costs a tenth more of the CPU.
    '--disable-gpu',
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    ...(camera === undefined ? [] : [`--use-file-for-fake-video-capture=${camera}`]),
  ],
})

export async function startBrowserPlatform(
  env: Record<string, string> = {},
  more: Parameters<typeof startPlatform>[2] = {},
): Promise<BrowserPlatform> {
  const consolePort = await freePort()
  const settings = {
    ...{ BAHI_WEB_FOLDER: inject('webFolder'), BAHI_CONSOLE_FOLDER: inject('consoleFolder') },
    ...{ BAHI_CONSOLE_PORT: String(consolePort), ...env },
  }
  const files = await mkdtemp(join(tmpdir(), 'bahi-files-'))
  const platform = await startPlatform(inject('postgresUrl'), settings, {
    blobs: folderStorage(files),
    ...more,
  })
  const consoleUrl = `http://127.0.0.1:${consolePort}`
  let browser: Browser | undefined
  const camera = join(files, 'camera.y4m')
  const showCamera = (grey: Buffer) => writeFile(camera, videoOf(grey))
  await showCamera(Buffer.alloc(cameraSize.width * cameraSize.height, 128))
  const launch = async () => (browser ??= await chromium.launch(launchOptions('headlessShell', camera)))
  return {
    ...platform,
    showCamera,
    async visit(options = {}) {
      const address = options.app === 'console' ? consoleUrl : platform.url
      const url = options.host ? address.replace('127.0.0.1', options.host) : address
      const own = contextOptions(url, options)
      if (options.siteData === 'blocked') return visit(await contextWith({ cookies: 2 }, own), url)
      if (options.notifications) return visit(await contextWith({}, own), url)
      const context = await (await launch()).newContext(own)
      if (!options.serviceWorker) await context.addInitScript(refuseServiceWorkers)
      const opened = await visit(context, url)
      if (options.host) await addAuthenticator(opened.page)
      return opened
    },
    async stop() {
      await browser?.close()
      await platform.stop()
      await rm(files, { recursive: true, force: true })
    },
  }
}

/** Tests that share one platform and one browser with other files: each makes people of its own. */
export const it = test.extend('platform', { scope: 'worker' }, async ({}, { onCleanup }) => {
  const platform = await startBrowserPlatform()
  onCleanup(() => platform.stop())
  return platform
})

const contextOptions = (
  url: string,
  { viewport = phone, theme = 'light', language = 'en', notifications = false }: VisitOptions,
) => ({
  baseURL: url,
  viewport,
  colorScheme: theme,
  reducedMotion: 'reduce' as const,
  locale: `${language}-IN`,
  timezoneId: 'Asia/Kolkata',
  permissions: ['clipboard-write', ...(notifications ? ['notifications'] : [])],
})

/** As a browser does that has them forbidden. */
function refuseServiceWorkers(): void {
  if ('serviceWorker' in navigator)
    navigator.serviceWorker.register = () => Promise.reject(new DOMException('forbidden', 'SecurityError'))
}

/** One that belongs to the device, and whose person has just unlocked it. */
async function addAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasPrf: true },
      ...{ hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
      automaticPresenceSimulation: true,
    },
  })
}

/** A browser of its own: what sites may do is a setting of its profile, which the headless shell has not. */
async function contextWith(
  settings: Record<string, number>,
  own: ReturnType<typeof contextOptions>,
): Promise<BrowserContext> {
  const folder = await mkdtemp(join(tmpdir(), 'bahi-browser-'))
  await mkdir(join(folder, 'Default'))
  const preferences = { profile: { default_content_setting_values: settings } }
  await writeFile(join(folder, 'Default/Preferences'), JSON.stringify(preferences))
  const context = await chromium.launchPersistentContext(folder, { ...launchOptions('chromium'), ...own })
  // The browser still writes while it ends.
  context.on('close', () => void rm(folder, { recursive: true, force: true, maxRetries: 20 }))
  return context
}

async function visit(context: BrowserContext, baseUrl: string): Promise<Visit> {
  context.setDefaultTimeout(120_000)
  const faults: string[] = []
  await context.exposeBinding('noteViolation', (_source, text: string) => void faults.push(text))
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
      const { noteViolation } = window as never as { noteViolation(text: string): void }
      noteViolation(`${violatedDirective} ${blockedURI} ${sourceFile}`)
    })
  })
  const page = await context.newPage()
  page.on('pageerror', (error) => faults.push(error.stack ?? error.message))
  page.on('console', (message) => {
    const text = message.text()
    // A refusal is a normal answer, although the browser logs its status as an error.
    if (message.type() === 'error' && !text.startsWith('Failed to load resource')) faults.push(text)
  })
  let atClose: string | undefined
  if (TestRunner.getCurrentTest())
    onTestFailed(async () => console.error([atClose ?? (await seenOn(page)), ...faults].join('\n')))
  return {
    page,
    context,
    faults,
    signInAs: (human) => signInBrowser(context, baseUrl, human),
    async close() {
      atClose = await seenOn(page)
      await context.close()
    },
  }
}

/** What a person would see: of a failed test it is said beside what the test waited for. */
async function seenOn(page: Page): Promise<string> {
  const text = await page.locator('body').innerText({ timeout: 1_000 }).catch(String)
  return `${page.url()}\n${text}`
}

const texts = {
  en: {
    ...en,
    ...lockTexts.en,
    ...passkeyTexts.en,
    ...appsTexts.en,
    ...developerTexts.en,
    ...kycTexts.en,
    ...contactsTexts.en,
    ...limitsTexts.en,
    ...mandateTexts.en,
    ...spendingTexts.en,
    ...scanTexts.en,
    ...statementTexts.en,
    ...verifyTexts.en,
  },
  hi: {
    ...hi,
    ...lockTexts.hi,
    ...passkeyTexts.hi,
    ...appsTexts.hi,
    ...developerTexts.hi,
    ...kycTexts.hi,
    ...contactsTexts.hi,
    ...limitsTexts.hi,
    ...mandateTexts.hi,
    ...spendingTexts.hi,
    ...scanTexts.hi,
    ...statementTexts.hi,
    ...verifyTexts.hi,
  },
}
type Key = keyof typeof texts.en

/** The app's own words, filled in. */
export function t(
  key: Key,
  values: Record<string, string | number> = {},
  language: 'en' | 'hi' = 'en',
): string {
  const found: string | { one: string; other: string } = texts[language][key]
  const text = typeof found === 'string' ? found : values['count'] === 1 ? found.one : found.other
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
}

export const button = (page: Page, key: Key): Locator =>
  page.getByRole('button', { name: t(key), exact: true })
export const link = (page: Page, key: Key): Locator => page.getByRole('link', { name: t(key), exact: true })
export const heading = (page: Page, key: Key): Locator =>
  page.getByRole('heading', { name: t(key), exact: true })

/** On the pad of keys, as a person at a keyboard does it. */
export async function typePin(page: Page, pin: string): Promise<void> {
  await button(page, 'pin.confirm').waitFor()
  await page.keyboard.type(pin)
  await page.keyboard.press('Enter')
}

/**
 * Opens each screen in turn, as links in the app do where the screen can be reached that way: what was loaded stays.
 * `look` finds a loaded screen, not its skeleton.
 */
export async function openEach(
  page: Page,
  paths: Record<string, string>,
  look: (name: string, path: string) => Promise<void>,
): Promise<void> {
  for (const [name, path] of Object.entries(paths)) {
    // Somebody who is signed in is sent on from the first ones; a query shows another part of the same screen.
    if (/^\/(welcome|register|sign-in)|\?/.test(path)) await page.goto(path)
    else {
      await page.evaluate((to) => {
        document.querySelector('h1')?.setAttribute('data-left', '')
        history.pushState({}, '', to)
        dispatchEvent(new PopStateEvent('popstate', { state: {} }))
      }, path)
    }
    await page.locator('h1:not([data-left])').first().waitFor({ state: 'attached' })
    await page.waitForFunction(() => !document.querySelector('[role=status] .animate-pulse'))
    await look(name, path)
  }
}

/** From the payee's UPI ID to the result, whatever it is. */
export async function payBy(page: Page, payeeVpa: string, rupees: string, pin: string): Promise<void> {
  await page.goto('/pay')
  await page.getByLabel(t('pay.payee')).fill(payeeVpa)
  await button(page, 'action.continue').click()
  await page.getByLabel(t('pay.amount'), { exact: true }).fill(rupees)
  await button(page, 'action.continue').click()
  await button(page, 'pay.to-pin').click()
  await typePin(page, pin)
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
let axeSource: string | undefined

/** Returns once no colour is changing: one that is, nobody reads. */
export async function coloursSettled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    // Some never end, as that of a skeleton.
    const changes = document
      .getAnimations()
      .filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime))
    await Promise.allSettled(changes.map((one) => one.finished))
  })
}

const contrast = 'color-contrast'

/**
 * Accessibility violations of a page (WCAG, by axe); one line each. A contrast that is found once and not again was a
 * colour on its way: a button that an answer enabled while axe measured.
 * @param rules only these
 */
export async function accessFaults(page: Page, rules?: string[]): Promise<string[]> {
  axeSource ??= await readFile(axe, 'utf8')
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource)
  const isContrast = (fault: string) => fault.startsWith(`${contrast}:`)
  let faults = await axeFaults(page, rules)
  for (let again = 0; again < 2 && faults.some(isContrast); again++)
    faults = [...faults.filter((fault) => !isContrast(fault)), ...(await axeFaults(page, [contrast]))]
  return faults
}

async function axeFaults(page: Page, rules: string[] | undefined): Promise<string[]> {
  await coloursSettled(page)
  return page.evaluate(async (only) => {
    const { axe } = window as never as { axe: { run(options: object): Promise<{ violations: Violation[] }> } }
    const { violations } = await axe.run({
      resultTypes: ['violations'],
      preload: false,
      ...(only ? { runOnly: only } : {}),
    })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    )
  }, rules)
}
type Violation = { id: string; nodes: { target: string[]; failureSummary: string }[] }

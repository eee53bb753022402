// Takes screenshots of every screen of the web app: phone, tablet and desktop widths, light and dark, both languages.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { changeMe } from '@bahi/contracts/user.ts'
import { signInBrowser } from '../web/sign-in.ts'
import { screensOf } from '../web/screens.ts'
import { ensureServers, programPath } from '@bahi/testing/servers.ts'
import { startPostgres } from '@bahi/kit/sql/embedded-postgres.ts'
import { chromium, type Browser, type BrowserContext } from 'playwright-core'
import { parseArguments } from '@bahi/platform/arguments.ts'
import {
  becomeCustomer,
  giveMandate,
  pay,
  planDaily,
  register,
  type Customer,
} from '@bahi/platform/api-client.ts'
import { startEmbedded } from '@bahi/platform/embedded.ts'
import { secretsIn } from '@bahi/platform/secrets.ts'
import { builtWeb } from '@bahi/platform/web-build.ts'

const defaultOut = join(tmpdir(), 'bahi-screens')
const help = `npm run screens [-- options]

Starts bahi on a database of its own, and takes a screenshot of every screen at 360, 768 and 1440 pixels, in light and
dark, in English and Hindi. Needs chromium (installed by apt-get where that is allowed).

  --out <folder>   default ${defaultOut}
  --only <word>    only screens whose name contains it
  --size <w>x<h>   what fits a window of that size, in place of whole pages at three widths; may be repeated
  --help           this text`
const { values } = parseArguments(help, {
  out: { type: 'string', default: defaultOut },
  only: { type: 'string' },
  size: { type: 'string', multiple: true },
})

const widths: [name: string, width: number, height: number][] = [
  ['phone', 360, 780],
  ['tablet', 768, 1024],
  ['desktop', 1440, 900],
]
const sizes = values.size?.map((size): (typeof widths)[number] => {
  const [width = 0, height = 0] = size.split('x').map(Number)
  return [size, width, height]
})
const password = 'nadi-kinare-ped'
const out = resolve(values.out)

await ensureServers(['chromium'])
const program = programPath('chromium')
const web = await builtWeb()
if (!program || !web) {
  console.error(program ? 'the web app could not be built' : 'chromium is not installed')
  process.exit(1)
}
const folder = await mkdtemp(join(tmpdir(), 'bahi-screens-'))
const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), durable: false })
const running = await startEmbedded({
  adminUrl: postgres.adminUrl,
  secrets: await secretsIn(folder),
  port: 0,
  logLevel: 'error',
  env: { BAHI_WEB_FOLDER: web },
})
const browser = await chromium.launch({
  executablePath: program,
  args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
})
try {
  const [asha, ravi] = await Promise.all([
    customer('Asha Rao', '+919876500001', 'asha@bahi'),
    customer('Ravi Kumar', '+919876500002', 'ravi@bahi'),
  ])
  const { id } = await pay(asha, { payeeVpa: ravi.vpa, amountPaise: 250_00, note: 'Mangoes' })
  await pay(ravi, { payeeVpa: asha.vpa, amountPaise: 1_299_50, note: 'Rent' })
  const { id: scheduleId } = await planDaily(asha, ravi.vpa, 450_00)
  const { id: mandateId } = await giveMandate(asha, ravi.vpa, { name: 'Music lessons' })
  const screens = Object.entries(
    screensOf({ accountId: asha.accountId, paymentId: id, payeeVpa: ravi.vpa, scheduleId, mandateId }),
  ).filter(([name]) => name.includes(values.only ?? ''))
  await mkdir(out, { recursive: true })
  let count = 0
  for (const language of ['en', 'hi'] as const) {
    await asha.call(changeMe, { body: { language } })
    for (const theme of ['light', 'dark'] as const) {
      const context = await signedIn(browser, asha, { language, theme })
      for (const [name, path] of screens) {
        count += await screenshot(context, path, join(out, `${name}-${language}-${theme}`))
      }
      await context.close()
    }
  }
  console.log(`${count} screenshots in ${out}`)
} finally {
  await browser.close()
  await running.close()
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}

async function customer(name: string, phone: string, vpa: string): Promise<Customer> {
  const human = await register(running.url, { phone, name, password })
  return becomeCustomer(human, { vpa, pin: '4071', balancePaise: 50_000_00 })
}

type Looks = { language: 'en' | 'hi'; theme: 'light' | 'dark' }

async function signedIn(
  browser: Browser,
  who: Customer,
  { language, theme }: Looks,
): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: running.url,
    colorScheme: theme,
    locale: `${language}-IN`,
    timezoneId: 'Asia/Kolkata',
    reducedMotion: 'reduce',
  })
  await signInBrowser(context, running.url, who)
  const marks = { 'bahi.language': language }
  await context.addInitScript((all) => {
    for (const [key, value] of Object.entries(all)) localStorage.setItem(key, value)
  }, marks)
  return context
}

/** Loads the page once and resizes it. */
async function screenshot(context: BrowserContext, path: string, name: string): Promise<number> {
  const page = await context.newPage()
  await page.goto(path)
  await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' })
  await page.waitForFunction(() => !document.querySelector('[role=status] .animate-pulse'))
  const shown = sizes ?? widths
  for (const [size, width, height] of shown) {
    await page.setViewportSize({ width, height })
    await page.waitForTimeout(250)
    await page.screenshot({ path: `${name}-${size}.png`, fullPage: sizes === undefined })
  }
  await page.close()
  return shown.length
}

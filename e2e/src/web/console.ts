// For tests of the operators' console in a browser: its words, and staff who signs in to it.
import { en } from '@bahi/web-console/language/en.ts'
import { totpCode } from '@bahi/platform/totp.ts'
import type { Page } from 'playwright-core'
import type { StaffMember } from '@bahi/platform/testing-platform.ts'
import type { Visit } from './browser.ts'

export const consoleText = (key: keyof typeof en): string => en[key] as string
export const consoleButton = (page: Page, key: keyof typeof en) =>
  page.getByRole('button', { name: consoleText(key), exact: true })
export const consoleHeading = (page: Page, key: keyof typeof en) =>
  page.getByRole('heading', { name: consoleText(key), exact: true })

/** By password and, in a browser that is new, the code from the sandbox's inbox; up to the second step. */
export async function enterPassword(
  page: Page,
  { phone, password }: Pick<StaffMember, 'phone' | 'password'>,
  { isNew = true } = {},
): Promise<void> {
  await page.goto('/')
  await page.getByLabel(consoleText('sign-in.phone')).fill(phone.slice(-10))
  await page.getByLabel(consoleText('sign-in.password')).fill(password)
  await consoleButton(page, 'sign-in.action').click()
  if (isNew) {
    await consoleButton(page, 'sign-in.code-sandbox').click()
    const code = page.getByLabel(consoleText('sign-in.code'))
    await page.waitForFunction(
      (input) => (input as HTMLInputElement).value !== '',
      await code.elementHandle(),
    )
    await consoleButton(page, 'sign-in.action').click()
  }
  await consoleHeading(page, 'factor.title').waitFor()
}

/** Staff whose authenticator app is that of the tests, up to the first screen. */
export async function signInToConsole(page: Page, staff: StaffMember): Promise<void> {
  await enterPassword(page, staff)
  await proveByCode(page, staff)
}

/** Each code works once: when that of now was used, as by `platform.staff`, the one after it is taken early. */
async function proveByCode(page: Page, { totpSecret }: StaffMember): Promise<void> {
  const refused = page.getByText(consoleText('problem.second-factor-wrong'))
  const opened = consoleHeading(page, 'home.title')
  for (const ahead of [0, 30_000]) {
    await page.getByLabel(consoleText('factor.code')).fill(totpCode(totpSecret, Date.now() + ahead))
    await consoleButton(page, 'factor.prove').click()
    await opened.or(refused).first().waitFor()
    if (await opened.isVisible()) return
  }
  throw new Error('the console took no code')
}

/** The same without the form of the first step, on the device that they registered with. */
export async function openConsoleAs({ page, context, signInAs }: Visit, staff: StaffMember): Promise<void> {
  await signInAs(staff)
  await context.addInitScript(() => localStorage.setItem('bahi.console-signed-in', '1'))
  await page.goto('/')
  await proveByCode(page, staff)
}

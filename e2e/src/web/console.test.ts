// The operators' console in a browser: staff signs in, with a second factor.
import { grantRole } from '@bahi/contracts/roles.ts'
import { me } from '@bahi/contracts/user.ts'
import { login } from '@bahi/platform/api-client.ts'
import { totpCode } from '@bahi/platform/totp.ts'
import { afterEach, describe, expect, inject, vi } from 'vitest'
import { accessFaults, it, type Visit } from './browser.ts'
import { consoleButton, consoleHeading, consoleText, enterPassword, signInToConsole } from './console.ts'

describe.skipIf(inject('consoleFolder') === '')('staff', () => {
  let visit: Visit
  afterEach(async () => {
    expect(visit.faults).toEqual([])
    await visit.close()
  })

  it('enrols an authenticator app at the first sign-in, and signs in by its code or one on paper', async ({
    platform,
  }) => {
    const anil = await platform.person('Anil Auditor')
    await platform.asSandbox(grantRole, { params: { userId: anil.userId }, body: { role: 'auditor' } })
    visit = await platform.visit({ app: 'console', viewport: { width: 360, height: 740 } })
    const { page } = visit
    await enterPassword(page, anil)
    await consoleButton(page, 'factor.enrol').click()
    const code = page.getByLabel(consoleText('factor.code'))
    await code.fill('000000')
    await consoleButton(page, 'factor.confirm').click()
    await page.getByText(consoleText('problem.second-factor-wrong')).waitFor()
    expect(await accessFaults(page)).toEqual([])
    const secret = await page.getByText(/^[A-Z2-7]{32}$/).innerText()
    await code.fill(totpCode(secret))
    await consoleButton(page, 'factor.confirm').click()
    await page.getByText(consoleText('factor.codes-about')).waitFor()
    expect(await accessFaults(page)).toEqual([])
    const [onPaper = ''] = await page.getByRole('listitem').allInnerTexts()
    await consoleButton(page, 'factor.codes-stored').click()
    await consoleHeading(page, 'home.title').waitFor()

    await consoleButton(page, 'sign-out').click()
    await enterPassword(page, anil, { isNew: false })
    // Nothing is behind the second step.
    await page.goto('/audit')
    await consoleButton(page, 'factor.use-recovery').click()
    expect(await accessFaults(page)).toEqual([])
    await page.getByLabel(consoleText('factor.recovery-code')).fill(onPaper.toUpperCase())
    await consoleButton(page, 'factor.prove').click()
    await consoleHeading(page, 'audit.title').waitFor()
  })

  it('opens what its roles allow, by a code of the app', async ({ platform }) => {
    visit = await platform.visit({ app: 'console' })
    await signInToConsole(visit.page, await platform.staff(['administrator']))
    await visit.page
      .getByRole('link', { name: consoleText('resets.title') })
      .first()
      .click()
    await visit.page.getByText(consoleText('resets.none')).waitFor()
    expect(await accessFaults(visit.page)).toEqual([])
  })

  it('signs in by a passkey beside the app, once it was added with the app', async ({ platform }) => {
    visit = await platform.visit({ app: 'console', host: 'localhost' })
    const { page } = visit
    const staff = await platform.staff(['auditor'])
    await signInToConsole(page, staff)
    await page.goto('/own-factor')
    await consoleButton(page, 'passkeys.add').click()
    const sheet = page.getByRole('dialog')
    await sheet.getByLabel(consoleText('sign-in.password')).fill(staff.password)
    await sheet.getByRole('button', { name: consoleText('passkeys.add') }).click()
    await page.getByText(consoleText('passkeys.name')).first().waitFor()
    expect(await accessFaults(page)).toEqual([])
    await consoleButton(page, 'sign-out').click()
    await enterPassword(page, staff, { isNew: false })
    await consoleButton(page, 'passkeys.use').click()
    await consoleHeading(page, 'home.title').waitFor()
  })

  it('freezes a person by two risk analysts: who was signed in is out, and gets in no more', async ({
    platform,
  }) => {
    const asha = await platform.customer()
    const open = async (viewport: { width: number; height: number }) => {
      visit = await platform.visit({ app: 'console', viewport })
      await signInToConsole(visit.page, await platform.staff(['risk-analyst']))
      return visit.page
    }
    const maker = await open({ width: 1440, height: 900 })
    const first = visit
    await maker
      .getByRole('link', { name: consoleText('people.title') })
      .first()
      .click()
    await maker.getByLabel(consoleText('people.search')).fill(asha.vpa)
    await consoleButton(maker, 'payments.find').click()
    await consoleButton(maker, 'measures.ask-freeze').click()
    const sheet = maker.getByRole('dialog')
    await sheet.getByLabel(consoleText('reason.label')).fill('Three people report fraud')
    await sheet.getByRole('button', { name: consoleText('measures.ask-freeze') }).click()
    await maker.getByText(consoleText('measures.state-requested')).waitFor()
    expect(await consoleButton(maker, 'grants.approve').count()).toBe(0)
    expect(await accessFaults(maker)).toEqual([])
    expect(first.faults).toEqual([])
    await first.close()

    const checker = await open({ width: 360, height: 740 })
    await checker.goto('/measures')
    const waiting = checker.locator('tr').filter({ hasText: 'Three people report fraud' })
    await waiting.waitFor()
    expect(await accessFaults(checker)).toEqual([])
    await waiting.getByRole('button', { name: consoleText('grants.approve') }).click()
    await waiting.waitFor({ state: 'detached' })
    // Gateways learn of it by an event.
    await vi.waitFor(() => expect(asha.call(me, {})).rejects.toMatchObject({ status: 401 }))
    await expect(login(platform.url, asha)).rejects.toMatchObject({ code: 'person-frozen' })
  })
})

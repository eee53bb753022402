// The operators' console by role, in a browser: what each role sees, what it may not, and one thing that it does.
import { listDifferences } from '@bahi/contracts/reconciliation.ts'
import { listMeasures } from '@bahi/contracts/measures.ts'
import type { StaffRole } from '@bahi/contracts/permissions.ts'
import { listRevokedNumbers } from '@bahi/contracts/revoked-numbers.ts'
import { listRoleGrants } from '@bahi/contracts/roles.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { showKyc } from '@bahi/contracts/kyc.ts'
import type { TextKey } from '@bahi/web-console/language/en.ts'
import { viewsTexts } from '@bahi/web-console/components/views-texts.ts'
import { revokedTexts } from '@bahi/web-console/screens/revoked-numbers/revoked-numbers-texts.ts'
import { chartsTexts } from '@bahi/web-console/payment-charts/charts-texts.ts'
import { pay, type Customer } from '@bahi/platform/api-client.ts'
import { submitDemoKyc } from '@bahi/platform/seed-kyc.ts'
import type { Locator, Page } from 'playwright-core'
import { afterEach, describe, expect, inject, vi } from 'vitest'
import { accessFaults, it, type BrowserPlatform, type Visit } from './browser.ts'
import { consoleButton, consoleHeading, consoleText, openConsoleAs } from './console.ts'
import type { StaffMember } from '@bahi/platform/testing-platform.ts'

type Shown = { page: Page; platform: BrowserPlatform; staff: StaffMember; asha: Customer }
type Story = {
  role: StaffRole
  sees: TextKey[]
  /** Of a page that the role may not open, by its address. */
  notHere: string
  /** One thing that it does. */
  act: (shown: Shown) => Promise<void>
}

const rail = (page: Page) => page.getByRole('navigation', { name: consoleText('app.name') })
const follow = (page: Page, title: TextKey) =>
  rail(page)
    .getByRole('link', { name: consoleText(title), exact: true })
    .click()

/** As a link of the app does: what was loaded stays. */
const openAt = (page: Page, path: string) =>
  page.evaluate((to) => {
    history.pushState({}, '', to)
    dispatchEvent(new PopStateEvent('popstate', { state: {} }))
  }, path)

/** In the sheet that a button opens. */
async function giveReason(page: Page, opens: Locator): Promise<void> {
  await opens.click()
  const sheet = page.getByRole('dialog')
  await sheet.getByLabel(consoleText('reason.label')).fill('Asked for by the person')
  await sheet.locator('button[type=submit]').click()
  await sheet.waitFor({ state: 'hidden' })
}

const stories: Story[] = [
  {
    role: 'support',
    sees: ['payments.title', 'people.title', 'stops.title', 'rules.title'],
    notHere: '/measures',
    async act({ page, platform, asha }) {
      const ravi = await platform.customer()
      const { rrn } = await pay(asha, { payeeVpa: ravi.vpa, amountPaise: 321_00, note: 'Two sarees' })
      await follow(page, 'payments.title')
      await page.getByLabel(consoleText('payments.search')).fill(rrn)
      await consoleButton(page, 'payments.find').click()
      await page.getByRole('cell', { name: '₹321.00' }).waitFor()
      // From here by keys alone.
      await page.evaluate(() => (document.activeElement as HTMLElement).blur())
      await page.keyboard.press('j')
      await page.keyboard.press('Enter')
      await consoleHeading(page, 'timeline.title').waitFor()
      expect(await page.locator('main').textContent()).not.toContain(ravi.name)
      await giveReason(page, consoleButton(page, 'payments.reveal'))
      await page.getByText('Two sarees').waitFor()
      expect(await page.locator('main').textContent()).toContain(ravi.name)
    },
  },
  {
    role: 'kyc-reviewer',
    sees: ['kyc.title'],
    notHere: '/payments',
    async act({ page, asha }) {
      const id = await submitDemoKyc(asha.call, { name: 'Asha Rao', bornOn: '1990-04-12', pan: 'AKCPR1234F' })
      await openAt(page, `/kyc/${id}`)
      await consoleButton(page, 'kyc.take').click()
      // The picture of the document is drawn, marked with who looks.
      await page
        .getByRole('button', { name: consoleText('kyc.show-page').replace('{page}', 'PAN card 1') })
        .click()
      const picture = page.getByRole('main').getByRole('img').first()
      await vi.waitFor(async () => {
        const width = await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)
        expect(width).toBeGreaterThan(100)
      }, 20_000)
      await consoleButton(page, 'kyc.approve').click()
      await vi.waitFor(async () => expect((await asha.call(showKyc, {})).tier).toBe('minimum'), 20_000)
    },
  },
  {
    role: 'risk-analyst',
    sees: [
      ...(['payments.title', 'people.title', 'measures.title', 'revoked-numbers.title'] as const),
      ...(['stops.title', 'rules.title'] as const),
    ],
    notHere: '/kyc',
    async act({ page, staff, asha }) {
      await openAt(page, `/people/${asha.userId}`)
      await giveReason(page, consoleButton(page, 'measures.ask-end-sessions'))
      await page.getByText(consoleText('measures.state-requested')).waitFor()
      const { measures } = await staff.call(listMeasures, { querystring: { userId: asha.userId } })
      expect(measures).toMatchObject([{ kind: 'end-sessions', requestedBy: staff.userId }])
    },
  },
  {
    role: 'reconciler',
    sees: ['payments.title', 'differences.title', 'cycles.title', 'stops.title', 'rules.title'],
    notHere: '/measures',
    async act({ page, platform, staff }) {
      const id = await seedDifference(platform)
      await openAt(page, '/differences?kind=late-success')
      await page.getByRole('button', { name: viewsTexts.en['views.save'] }).click()
      await page.getByRole('dialog').getByLabel(viewsTexts.en['views.name']).fill('Late successes')
      await page.getByRole('dialog').getByRole('button', { name: viewsTexts.en['views.save'] }).click()
      // Kept on the server: it is there in the list as it opens.
      await page.goto('/differences')
      await page.getByRole('link', { name: 'Late successes' }).click()
      await page.waitForURL('**/differences?kind=late-success')
      const row = page.getByRole('row').filter({ hasText: '600000000001' })
      await giveReason(page, row.getByRole('button', { name: consoleText('differences.close') }))
      await row.waitFor({ state: 'detached' })
      const { differences } = await staff.call(listDifferences, { querystring: { state: 'closed' } })
      expect(differences.find((one) => one.id === id)).toMatchObject({ note: 'Asked for by the person' })
    },
  },
  {
    role: 'operator',
    sees: ['health.title', 'dead-letters.title', 'revoked-numbers.title', 'stops.title'],
    notHere: '/measures',
    async act({ page, staff, asha }) {
      await follow(page, 'revoked-numbers.title')
      const text = (key: keyof (typeof revokedTexts)['en']) => revokedTexts.en[key]
      await page.getByRole('button', { name: text('revoked.new') }).click()
      const buffer = Buffer.from(`number,date\n${asha.phone},2026-01-31\nnobody\n`)
      await page
        .getByLabel(text('revoked.file'))
        .setInputFiles({ name: 'mnrl.csv', mimeType: 'text/csv', buffer })
      await page.getByRole('dialog').locator('button[type=submit]').click()
      await page.getByRole('dialog').waitFor({ state: 'hidden' })
      await page.getByRole('row').nth(1).locator('summary').click()
      await page.getByText(`Line 3, ••: ${text('revoked.why-number')}`).waitFor()
      const { lists } = await staff.call(listRevokedNumbers, { querystring: {} })
      expect(lists).toMatchObject([{ uploadedBy: staff.userId, revoked: 0, provenSince: 1, refused: 1 }])
    },
  },
  {
    role: 'auditor',
    sees: [
      'health.title',
      'grants.title',
      'resets.title',
      'revoked-numbers.title',
      'stops.title',
      'rules.title',
      'audit.title',
    ],
    notHere: '/payments',
    async act({ page }) {
      await follow(page, 'health.title')
      // Nothing is drawn by scripts that the page's policy refuses.
      await page.getByRole('heading', { name: chartsTexts.en['charts.title'] }).waitFor()
      await follow(page, 'audit.title')
      await page.getByLabel(consoleText('audit.type')).fill('auth.role-granted')
      await page.keyboard.press('Enter')
      await page.getByRole('cell', { name: 'auth.role-granted' }).first().waitFor()
      await consoleButton(page, 'audit.verify').click()
      await page.getByText(/^The chain of \d+ records is whole\.$/).waitFor()
    },
  },
  {
    role: 'administrator',
    sees: ['health.title', 'grants.title', 'resets.title', 'stops.title', 'rules.title'],
    notHere: '/audit',
    async act({ page, staff, asha }) {
      await follow(page, 'grants.title')
      await consoleButton(page, 'grants.new').click()
      const sheet = page.getByRole('dialog')
      await sheet.getByLabel(consoleText('grants.phone')).fill(asha.phone.slice(-10))
      await sheet.getByLabel(consoleText('grants.role')).selectOption('auditor')
      await sheet.getByLabel(consoleText('reason.label')).fill('Joins the auditors')
      await sheet.getByLabel(consoleText('sign-in.password')).fill(staff.password)
      await sheet.getByRole('button', { name: consoleText('grants.new') }).click()
      // A second administrator approves it.
      const row = page.getByRole('row').filter({ hasText: 'Joins the auditors' })
      await row.getByRole('button', { name: consoleText('grants.decline') }).waitFor()
      expect(await row.getByRole('button', { name: consoleText('grants.approve') }).count()).toBe(0)
      const { grants } = await staff.call(listRoleGrants, { querystring: { state: 'requested' } })
      expect(grants).toContainEqual(
        expect.objectContaining({ userId: asha.userId, role: 'auditor', requestedBy: staff.userId }),
      )
    },
  },
]

/** As reconciliation finds it, in a cycle of long ago. */
async function seedDifference({ admin }: BrowserPlatform): Promise<string> {
  const id = uuidv7()
  const cycle = { id: '2020-01-01.C01', from_at: '2020-01-01T00:00:00Z', to_at: '2020-01-01T02:00:00Z' }
  await admin`insert into payment.settlement_cycles ${admin(cycle)}`
  await admin`
    insert into payment.differences (id, txn_id, side, kind, cycle, rrn, network_paise, opened_at)
    values (${id}, ${'SBX'.padEnd(35, '0')}, 'DEBIT', 'late-success', ${cycle.id}, '600000000001', 45000, now())`
  return id
}

describe.skipIf(inject('consoleFolder') === '')('the console', () => {
  let platform: BrowserPlatform
  let visit: Visit
  it.beforeAll(({ platform: shared }) => {
    platform = shared
  })
  afterEach(async () => {
    expect(visit.faults).toEqual([])
    await visit.close()
  })

  it.each(stories)('of $role', async ({ role, sees, notHere, act }) => {
    const [staff, asha] = await Promise.all([platform.staff([role]), platform.customer()])
    visit = await platform.visit({ app: 'console', viewport: { width: 1440, height: 900 } })
    const { page } = visit
    await openConsoleAs(visit, staff)
    expect((await rail(page).getByRole('link').allInnerTexts()).map((text) => text.trim())).toEqual(
      ['home.title' as const, ...sees].map(consoleText),
    )
    await openAt(page, notHere)
    await page.getByText(consoleText('problem.not-allowed')).first().waitFor()
    await act({ page, platform, staff, asha })
    expect(await accessFaults(page)).toEqual([])
  })
})

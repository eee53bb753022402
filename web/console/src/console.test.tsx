// The console: signing in, payments found and shown, what each role sees, a grant approved by a second administrator.
import { listRecords, verifyRecords } from '@bahi/contracts/audit.ts'
import { login, refresh, requestOtp } from '@bahi/contracts/auth.ts'
import { findPayments, inspectPayment, revealPayment, type FoundPayment } from '@bahi/contracts/look-up.ts'
import {
  listPersonDeliveries,
  listPersonMandates,
  lookUpPerson,
  lookUpVpa,
  revealPerson,
  searchPeople,
  showPersonAccounts,
  showPersonProfile,
  showPersonSignIn,
} from '@bahi/contracts/person-look-up.ts'
import { deliveriesOf } from '@bahi/contracts/notification.ts'
import { approveMeasure, listMeasures, requestMeasure, type Measure } from '@bahi/contracts/measures.ts'
import { listCycles, listDifferences } from '@bahi/contracts/reconciliation.ts'
import { ruleNames, showRules } from '@bahi/contracts/rules-in-force.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { approveRoleGrant, listRoleGrants, type RoleGrant } from '@bahi/contracts/roles.ts'
import {
  beginTotp,
  confirmTotp,
  proveSecondFactor,
  readSecondFactor,
  type SecondFactorState,
} from '@bahi/contracts/second-factor.ts'
import { cleanup, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { en } from './language/en.ts'
import { callsOf, openConsole, signedInAs, stub, tokenOf } from './testing.tsx'

const other = '01994c00-0000-7000-8000-000000000002'
const grant: RoleGrant = {
  id: '01994c00-0000-7000-8000-0000000000a1',
  userId: other,
  role: 'support',
  state: 'requested',
  origin: 'administrators',
  note: 'Joins the support team',
  endsAt: '2027-01-01T00:00:00.000Z',
  requestedAt: '2026-11-01T00:00:00.000Z',
  requestedBy: other,
}
const press = (name: string) => screen.findByRole('button', { name })

it('asks a new browser for the code, and then opens the screen that was asked for', async () => {
  stub(login, ({ body }) =>
    body.otp === undefined
      ? new Problem('otp-required')
      : { userId: signedInAs, accessToken: tokenOf(['auditor']), refreshToken: 'cookie', expiresInS: 600 },
  )
  stub(requestOtp, () => ({ id: other, expiresInS: 300, resendInS: 30 }))
  stub(listRoleGrants, () => ({ grants: [] }))
  const { user, address } = await openConsole('/grants')
  await user.type(await screen.findByLabelText(en['sign-in.phone']), '98765 00009')
  await user.type(screen.getByLabelText(en['sign-in.password']), 'khata-kholo-2026')
  await user.click(await press(en['sign-in.action']))
  await user.type(await screen.findByLabelText(en['sign-in.code']), '123456')
  await user.click(await press(en['sign-in.action']))
  await screen.findByText(en['grants.none'])
  expect(address()).toBe('/grants')
  expect(callsOf(login).at(-1)?.body).toMatchObject({ phone: '+919876500009', otp: '123456', otpId: other })
})

it('takes the code from the e-mail where the phone was reported as disconnected', async () => {
  const stepUp = { purpose: 'sign-in', proofs: ['email'] }
  stub(login, ({ body }) =>
    body.emailOtp === undefined
      ? new Problem('phone-revoked', undefined, { stepUp })
      : { userId: signedInAs, accessToken: tokenOf(['auditor']), refreshToken: 'cookie', expiresInS: 600 },
  )
  stub(listRoleGrants, () => ({ grants: [] }))
  const { user } = await openConsole('/grants')
  await user.type(await screen.findByLabelText(en['sign-in.phone']), '98765 00009')
  await user.type(screen.getByLabelText(en['sign-in.password']), 'khata-kholo-2026')
  await user.click(await press(en['sign-in.action']))
  await screen.findByText(en['sign-in.code-mailed'])
  await user.type(screen.getByLabelText(en['sign-in.code']), '123456')
  await user.click(await press(en['sign-in.action']))
  await screen.findByText(en['grants.none'])
  expect(callsOf(login).at(-1)?.body).toMatchObject({ emailOtp: '123456' })
})

it('asks for the second factor before anything else, and enrols it first where there is none', async () => {
  const tokens = { userId: signedInAs, refreshToken: 'cookie', expiresInS: 600 }
  const state: SecondFactorState = { isNeeded: true, isProven: false, methods: [], recoveryCodesLeft: 0 }
  stub(login, () => ({ ...tokens, accessToken: tokenOf(['auditor'], ['pwd']) }))
  stub(refresh, () => ({ ...tokens, accessToken: tokenOf(['auditor']) }))
  stub(readSecondFactor, () => state)
  stub(beginTotp, () => ({ secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://totp/bahi?secret=JBSWY3DPEHPK3PXP' }))
  stub(confirmTotp, ({ body }) =>
    body.code === '123456' ? { recoveryCodes: ['k3v9-7qpm-x2dt'] } : new Problem('second-factor-wrong'),
  )
  stub(listRoleGrants, () => ({ grants: [] }))
  const { user, address } = await openConsole('/grants')
  await user.type(await screen.findByLabelText(en['sign-in.phone']), '98765 00009')
  await user.type(screen.getByLabelText(en['sign-in.password']), 'khata-kholo-2026')
  await user.click(await press(en['sign-in.action']))
  await user.click(await press(en['factor.enrol']))
  await screen.findByText('JBSWY3DPEHPK3PXP')
  screen.getByRole('img', { name: en['factor.qr'] })
  const code = screen.getByLabelText(en['factor.code'])
  await user.type(code, '111111')
  await user.click(await press(en['factor.confirm']))
  await screen.findByText(en['problem.second-factor-wrong'])
  await user.clear(code)
  await user.type(code, '123456')
  await user.click(await press(en['factor.confirm']))
  await screen.findByText('k3v9-7qpm-x2dt')
  await user.click(await press(en['factor.codes-stored']))
  await screen.findByText(en['grants.none'])
  expect(address()).toBe('/grants')

  // Hours later, by a code on paper.
  const enrolled: SecondFactorState = { ...state, methods: ['totp', 'recovery-code'], recoveryCodesLeft: 9 }
  stub(readSecondFactor, () => enrolled)
  stub(listRoleGrants, () => new Problem('second-factor-required'))
  stub(proveSecondFactor, () => state)
  await user.selectOptions(screen.getByLabelText(en['grants.state']), 'active')
  await user.click(await press(en['factor.use-recovery']))
  await user.type(screen.getByLabelText(en['factor.recovery-code']), 'K3V9 7QPM X2DT')
  stub(listRoleGrants, () => ({ grants: [] }))
  await user.click(await press(en['factor.prove']))
  await screen.findByText(en['grants.none'])
  expect(callsOf(proveSecondFactor)).toMatchObject([{ body: { recoveryCode: 'K3V9 7QPM X2DT' } }])
})

it('shows to each role its own work', async () => {
  await openConsole('/', ['kyc-reviewer'])
  await screen.findByRole('heading', { name: en['home.title'] })
  expect(screen.getAllByRole('link', { name: new RegExp(en['kyc.title']) })).toHaveLength(2)
  expect(screen.queryByText(en['grants.title'])).toBeNull()
})

it('has a grant approved with the password, and never by who requested it', async () => {
  let state: RoleGrant['state'] = 'requested'
  const own = { ...grant, id: grant.id.replace(/a1$/, 'a2'), requestedBy: signedInAs }
  stub(listRoleGrants, () => ({ grants: state === 'requested' ? [grant, own] : [own] }))
  stub(approveRoleGrant, () => {
    state = 'active'
    return { ...grant, state }
  })
  const { user } = await openConsole('/grants', ['administrator'])
  await screen.findByRole('table')
  expect(screen.getAllByRole('button', { name: en['grants.approve'] })).toHaveLength(1)
  await user.click(await press(en['grants.approve']))
  const dialog = await screen.findByRole('dialog')
  await user.type(screen.getByLabelText(en['sign-in.password']), 'secret')
  await user.click(dialog.querySelector('button[type=submit]')!)
  await expect.poll(() => screen.queryByRole('button', { name: en['grants.approve'] })).toBeNull()
  expect(callsOf(approveRoleGrant)).toEqual([
    { params: { id: grant.id }, body: { stepUp: { password: 'secret' } } },
  ])
})

const found: FoundPayment = {
  id: '01994c00-0000-7000-8000-0000000000b1',
  txnId: 'BHI01994c0000007000800000000000b100',
  rrn: '631012345678',
  status: 'settled',
  amountPaise: 250_00,
  payer: { vpa: 'a•••@bahi', userId: signedInAs, bank: 'BAHI' },
  payee: { vpa: 'r•••@bahi', bank: 'BAHI' },
  createdAt: '2026-11-01T10:00:00.000Z',
}

it('finds a payment by what was typed, shows one timeline, and who paid whom for a reason', async () => {
  stub(lookUpPerson, () => ({ userId: signedInAs }))
  stub(findPayments, () => ({ payments: [found] }))
  stub(inspectPayment, () => ({
    ...{ ...found, route: 'ledger' },
    events: [
      { id: other, type: 'payment.settled', at: '2026-11-01T10:00:02.000Z', data: {} },
      { id: grant.id, type: 'payment.begun', at: '2026-11-01T10:00:00.000Z', data: {} },
    ],
    movements: [
      {
        ...{ id: found.id, kind: 'transfer' as const, code: '00', amountPaise: 250_00 },
        entries: [
          { of: 'customer', amountPaise: -250_00 },
          { of: 'customer', amountPaise: 250_00 },
        ],
        postedAt: '2026-11-01T10:00:01.000Z',
      },
    ],
  }))
  const sms = { channel: 'sms', to: '+91••••••0001', template: 'payment.sent', tries: 1 }
  const delivered = { status: 'sent' as const, report: 'delivered' as const }
  stub(deliveriesOf, () => ({
    deliveries: [{ id: found.id, ...sms, ...delivered, at: '2026-11-01T10:00:03.000Z' }],
  }))
  const party = { vpa: 'ravi@bahi', name: 'Ravi Kumar' }
  stub(revealPayment, () => ({ payer: { vpa: 'asha@bahi', name: 'Asha Rao' }, payee: party, note: 'Tea' }))
  const { user } = await openConsole('/payments', ['support'])
  await user.type(await screen.findByLabelText(en['payments.search']), '98765 00001{Enter}')
  await screen.findByRole('heading', { name: en['payments.found'] })
  await expect.poll(() => callsOf(findPayments).at(-1)?.querystring).toMatchObject({ userId: signedInAs })
  expect(callsOf(lookUpPerson)).toEqual([{ querystring: { phone: '+919876500001' } }])
  await user.click((await screen.findAllByRole('link', { name: /1 Nov 2026/ }))[0]!)
  await screen.findByText(/^SMS to the payer: paid/)
  const steps = screen.getAllByRole('listitem').map((step) => step.textContent ?? '')
  const at = (text: string) => steps.findIndex((step) => step.includes(text))
  expect(at('Payment started')).toBeLessThan(at('Money moved'))
  expect(at('Money moved')).toBeLessThan(at('Paid: the payee has the money'))
  // Plain words first, and beside them the record that an auditor looks for.
  expect(steps[at('Money moved')]).toContain('₹250.00 debited from a customer’s account')
  expect(steps[at('Money moved')]).toContain(`transfer · 00 · ${found.id}`)
  expect(steps[at('SMS to the payer: paid')]).toContain('Reached the phone')
  expect(steps[at('SMS to the payer: paid')]).toContain('sms · payment.sent · +91••••••0001')
  await user.click(await press(en['payments.reveal']))
  const dialog = await screen.findByRole('dialog')
  await user.type(screen.getByLabelText(en['reason.label']), 'The payer asks for help')
  await user.click(dialog.querySelector('button[type=submit]')!)
  await screen.findByText('Ravi Kumar')
  expect(callsOf(revealPayment).at(-1)?.body).toEqual({ reason: 'The payer asks for help' })
})

const masked = { name: 'A••• R•••', phone: '+91••••••3210', createdAt: grant.requestedAt }
function stubPerson(): void {
  stub(showPersonProfile, () => ({ userId: other, ...masked, language: 'en' as const }))
  stub(showPersonSignIn, () => ({ roles: [], sessions: [], devices: [] }))
  stub(showPersonAccounts, () => ({ accounts: [], upiIds: [] }))
  stub(findPayments, () => ({ payments: [{ ...found, payer: { ...found.payer, userId: other } }] }))
  stub(listPersonMandates, () => ({ mandates: [] }))
}

it('finds a person by name, shows each part masked, and the name for a reason', async () => {
  stub(searchPeople, () => ({ people: [{ userId: other, ...masked }] }))
  stubPerson()
  stub(listPersonDeliveries, () => ({ deliveries: [] }))
  stub(revealPerson, () => ({ name: 'Asha Rao', phone: '+919876543210' }))
  const { user, address, goBack } = await openConsole('/people', ['support'])
  await user.type(await screen.findByLabelText(en['people.search']), 'as{Enter}')
  await screen.findByText(en['people.search-short'])
  await user.type(screen.getByLabelText(en['people.search']), 'ha{Enter}')
  await user.click(await screen.findByRole('link', { name: masked.name }))
  await screen.findByText(en['people.signed-out'])
  expect(address()).toBe(`/people/${other}`)
  expect(await screen.findByRole('link', { name: /1 Nov 2026/ })).toBeDefined()
  // Only who reads audit sees what is on record.
  expect(screen.queryByText(en['people.acts'])).toBeNull()
  await user.click(await press(en['people.reveal']))
  const dialog = await screen.findByRole('dialog')
  await user.type(screen.getByLabelText(en['reason.label']), 'The person asks for help')
  await user.click(dialog.querySelector('button[type=submit]')!)
  await screen.findByText('Asha Rao')
  await goBack()
  await screen.findByRole('link', { name: masked.name })
  // What was searched is on record each time: going back asks for nothing, and no address has the name.
  expect(callsOf(searchPeople)).toEqual([{ body: { name: 'asha' } }])
  expect(address()).toBe('/people')
})

it('has a freeze requested with a reason, and approved by somebody else alone', async () => {
  const measure: Measure = {
    ...{ id: grant.id, userId: other, kind: 'freeze', state: 'requested', note: 'Three people report fraud' },
    ...{ requestedAt: grant.requestedAt, requestedBy: signedInAs },
  }
  const theirs = { ...measure, id: found.id, kind: 'end-sessions' as const, requestedBy: found.id }
  let isApproved = false
  const shown = () => (isApproved ? [measure] : [measure, theirs])
  stub(listMeasures, () => ({ measures: shown() }))
  stub(requestMeasure, () => measure)
  stub(approveMeasure, () => {
    isApproved = true
    return { ...theirs, state: 'approved' as const }
  })
  stubPerson()
  const { user } = await openConsole(`/people/${other}`, ['risk-analyst'])
  await user.click(await press(en['measures.ask-freeze']))
  const dialog = await screen.findByRole('dialog')
  await user.type(screen.getByLabelText(en['reason.label']), measure.note)
  await user.click(dialog.querySelector('button[type=submit]')!)
  await expect
    .poll(() => callsOf(requestMeasure).at(-1)?.body)
    .toEqual({ userId: other, kind: 'freeze', note: measure.note })
  // Nobody approves what they requested.
  await user.click(await press(en['grants.approve']))
  await expect.poll(() => screen.queryByRole('button', { name: en['grants.approve'] })).toBeNull()
  expect(callsOf(approveMeasure)).toEqual([{ params: { id: theirs.id } }])
})

it('shows rules with their dates, and the cycles that were reconciled', async () => {
  const values = { everybody: { perTransactionPaise: 1_00_000_00 } }
  const inForce = { effectiveFrom: '2025-06-30T00:00:00+05:30', values }
  const rules = ruleNames.map((name) => ({ name, ...(name === 'limits' ? { inForce } : {}), later: [] }))
  stub(showRules, () => ({ at: grant.requestedAt, rules }))
  await openConsole('/rules', ['auditor'])
  await screen.findByRole('heading', { name: en['rules.limits'] })
  const titles = screen.getAllByRole('heading', { level: 2 }).map(({ textContent }) => textContent)
  expect(titles).toEqual(ruleNames.map((name) => en[`rules.${name}`]))
  expect(screen.getByText('everybody › perTransaction')).toBeDefined()
  expect(screen.getByText('₹1,00,000.00')).toBeDefined()
  cleanup()
  stub(listCycles, () => ({ cycles: [] }))
  await openConsole('/cycles', ['reconciler'])
  await screen.findByText(en['cycles.none'])
})

it('leads from a phone and from a UPI ID to their person', async () => {
  stub(lookUpVpa, () => new Problem('not-found'))
  stub(lookUpPerson, () => ({ userId: other }))
  stubPerson()
  stub(listPersonDeliveries, () => ({ deliveries: [] }))
  const { user, address } = await openConsole('/people', ['support'])
  await user.type(await screen.findByLabelText(en['people.search']), 'nobody@bahi{Enter}')
  await screen.findByText(en['problem.not-found'])
  await user.clear(screen.getByLabelText(en['people.search']))
  await user.type(screen.getByLabelText(en['people.search']), '98765 00001{Enter}')
  await expect.poll(address).toBe(`/people/${other}`)
})

it('keeps filters in the address', async () => {
  stub(listDifferences, () => ({ differences: [] }))
  const { user, address } = await openConsole('/differences?kind=late-success', ['reconciler'])
  await screen.findByText(en['differences.none'])
  await user.selectOptions(screen.getByLabelText(en['table.state']), 'closed')
  await expect
    .poll(() => callsOf(listDifferences).at(-1)?.querystring)
    .toMatchObject({
      kind: 'late-success',
      state: 'closed',
    })
  expect(address()).toBe('/differences?kind=late-success&state=closed')
})

it('looks up who has a number once, however many pages of payments follow', async () => {
  stub(lookUpPerson, () => ({ userId: signedInAs }))
  stub(findPayments, ({ querystring: { before } }) =>
    before === undefined ? { payments: [found], next: found.id } : { payments: [{ ...found, id: other }] },
  )
  const { user } = await openConsole('/payments?q=9876500001', ['support'])
  await user.click(await press(en['table.more']))
  await expect.poll(() => screen.getAllByRole('link', { name: /1 Nov 2026/ })).toHaveLength(2)
  expect(callsOf(lookUpPerson)).toHaveLength(1)
})

it('goes back from a filter in one step, however often its field was left', async () => {
  stub(listRecords, () => ({ records: [] }))
  const { user, address, goBack } = await openConsole('/audit', ['auditor'])
  const field = await screen.findByLabelText<HTMLInputElement>(en['audit.type'])
  await user.type(field, 'payment.settled{Enter}')
  expect(document.activeElement).toBe(field)
  for (let fields = 0; fields < 3; fields++) await user.tab()
  expect(address()).toBe('/audit?type=payment.settled')
  await goBack()
  expect(address()).toBe('/audit')
  expect(field.value).toBe('')
})

it('does at once or never what it is told to do without a network', async () => {
  stub(listRecords, () => ({ records: [] }))
  stub(verifyRecords, () => new Problem('unavailable'))
  const { user } = await openConsole('/audit', ['auditor'])
  await screen.findByText(en['audit.none'])
  window.dispatchEvent(new Event('offline'))
  await user.click(await press(en['audit.verify']))
  await screen.findByText(en['problem.unavailable'])
  window.dispatchEvent(new Event('online'))
  expect(callsOf(verifyRecords)).toHaveLength(1)
})

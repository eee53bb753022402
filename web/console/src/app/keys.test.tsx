// The keys of the console: search, rows, pages and their list; silent while somebody types, and when switched off.
import { findPayments, inspectPayment } from '@bahi/contracts/look-up.ts'
import { listRoleGrants } from '@bahi/contracts/roles.ts'
import { listRecords } from '@bahi/contracts/audit.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { screen, within } from '@testing-library/react'
import { beforeEach, expect, it } from 'vitest'
import { en } from '../language/en.ts'
import { openConsole, stub } from '../testing.tsx'
import { keysTexts } from './keys-texts.ts'
import { switchKeys } from './keys.ts'
import { homeLetter, queues } from './queues.ts'

const t = keysTexts.en
const payment = (n: number) => ({
  id: `01994c00-0000-7000-8000-0000000000b${n}`,
  txnId: `BHI01994c0000007000800000000000b10${n}`,
  ...{ rrn: '631012345678', status: 'pending' as const, amountPaise: n * 100_00 },
  ...{ payer: { vpa: 'a•••@bahi' }, payee: { vpa: 'r•••@bahi' }, createdAt: '2026-11-01T10:00:00.000Z' },
})

beforeEach(() => {
  switchKeys(true)
  stub(findPayments, () => ({ payments: [payment(1), payment(2)] }))
  stub(inspectPayment, () => new Problem('not-found'))
  stub(listRoleGrants, () => ({ grants: [] }))
  stub(listRecords, () => ({ records: [] }))
})

const focused = () => document.activeElement as HTMLElement

it('no two pages have one letter', () => {
  const letters = [homeLetter, ...queues.map(({ letter }) => letter)]
  expect(new Set(letters).size).toBe(letters.length)
})

it('leads to the search, through the rows, and opens one', async () => {
  const { user, address } = await openConsole('/payments', ['support'])
  await screen.findByText('₹200.00')
  await user.keyboard('jj')
  expect(focused().textContent).toContain('₹200.00')
  // It stays at the last, and before the first.
  await user.keyboard('j')
  expect(focused().textContent).toContain('₹200.00')
  await user.keyboard('kkk')
  expect(focused().textContent).toContain('₹100.00')
  await user.keyboard('/')
  expect(focused()).toBe(screen.getByLabelText(en['payments.search']))
  // Here they are letters.
  await user.keyboard('jk?/')
  expect((focused() as HTMLInputElement).value).toBe('jk?/')
  expect(screen.queryByRole('dialog')).toBeNull()
  focused().blur()
  await user.keyboard('jj{Enter}')
  await screen.findByText(en['problem.not-found'])
  expect(address()).toBe(`/payments/${payment(2).id}`)
})

it('leads to a page that the roles allow, by g and its letter, whatever script the keyboard has', async () => {
  const { user, address } = await openConsole('/', ['auditor'])
  await screen.findByRole('heading', { name: en['home.title'] })
  await user.keyboard('gp')
  expect(address()).toBe('/')
  await user.keyboard('ga')
  await screen.findByText(en['audit.none'])
  expect(address()).toBe('/audit')
  // A letter alone leads nowhere, nor with a key that the browser has.
  await user.keyboard('h{Control>}g{/Control}g{Control>}h{/Control}')
  expect(address()).toBe('/audit')
  // Of an InScript keyboard: ु is on the key of g.
  await user.keyboard('x')
  for (const [key, code] of [
    ['ु', 'KeyG'],
    ['ु', 'KeyG'],
  ] as const)
    window.dispatchEvent(new KeyboardEvent('keydown', { key, code, cancelable: true }))
  await screen.findByText(en['grants.none'])
})

it('lists the keys, and can be switched off for good', async () => {
  const { user, address } = await openConsole('/audit', ['auditor'])
  await screen.findByText(en['audit.none'])
  await user.keyboard('?')
  const dialog = within(await screen.findByRole('dialog', { name: t['keys.title'] }))
  dialog.getByText(en['rules.title'])
  expect(dialog.queryByText(en['kyc.title'])).toBeNull()
  // Nothing behind a dialog is reached.
  await user.keyboard('gw')
  expect(address()).toBe('/audit')
  await user.click(dialog.getByRole('switch', { name: t['keys.on'] }))
  await user.click(dialog.getByRole('button', { name: en['action.close'] }))
  await user.keyboard('gw/?')
  expect(address()).toBe('/audit')
  expect(screen.queryByRole('dialog')).toBeNull()
  expect(localStorage.getItem('bahi.console-keys')).toBe('off')
  await user.click(screen.getByRole('button', { name: t['keys.title'] }))
  await screen.findByRole('dialog', { name: t['keys.title'] })
})

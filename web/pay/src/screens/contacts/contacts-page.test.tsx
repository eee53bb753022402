// The contacts as a person uses them: added under their registered name, starred, changed, removed, and kept offline.
import { resolveVpa } from '@bahi/contracts/account.ts'
import { listContacts, putContact, removeContact, type Contact } from '@bahi/contracts/contacts.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { clearChanges } from '../../contacts/my-contacts.ts'
import { callsOf, openApp, stub } from '../../testing.tsx'

let there: Map<string, Contact>
const at = '2026-11-23T09:30:00.000Z'
const keep = (vpa: string, name: string, favourite = false) =>
  there.set(vpa, { vpa, name, favourite, changedAt: at })

beforeEach(() => {
  there = new Map()
  stub(listContacts, () => ({ contacts: [...there.values()] }))
  stub(putContact, ({ params: { vpa }, body }) => {
    there.set(vpa, { vpa, ...body })
    return { contact: { vpa, ...body } }
  })
  stub(removeContact, ({ params }) => {
    there.delete(params.vpa)
    return null as never
  })
  stub(resolveVpa, ({ params: { vpa } }) =>
    vpa === 'ravi@bahi'
      ? { vpa, name: 'RAVI KUMAR', kind: 'person' as const, verified: true }
      : new Problem('not-found'),
  )
})
afterEach(() => {
  clearChanges()
  vi.restoreAllMocks()
})

const names = () =>
  screen.getAllByRole('link', { name: /@bahi/ }).map((link) => within(link).getAllByText(/./)[0]?.textContent)

describe('the list', () => {
  it('has favourites first, and each leads to being paid', async () => {
    keep('asha@bahi', 'Asha')
    keep('ravi@bahi', 'Ravi', true)
    await openApp('/contacts')
    const links = await screen.findAllByRole('link', { name: /@bahi/ })
    expect(links.map((link) => link.getAttribute('href'))).toEqual(['/pay/ravi%40bahi', '/pay/asha%40bahi'])
  })

  it('is searched by name', async () => {
    keep('asha@bahi', 'Asha')
    keep('ravi@bahi', 'Ravi')
    const { user } = await openApp('/contacts')
    await user.type(await screen.findByRole('searchbox', { name: 'Search name or UPI ID' }), 'rav')
    expect(screen.getAllByRole('link', { name: /@bahi/ })).toHaveLength(1)
    await user.type(screen.getByRole('searchbox'), 'xyz')
    expect(screen.getByText('No results for “ravxyz”')).toBeTruthy()
  })

  it('says when it is empty, and when it failed', async () => {
    await openApp('/contacts')
    expect(await screen.findByText('No contacts yet')).toBeTruthy()
    stub(listContacts, () => new Problem('overloaded'))
    await openApp('/contacts')
    expect(await screen.findByRole('button', { name: 'Try again' })).toBeTruthy()
  })
})

describe('adding', () => {
  it('shows the registered name before it saves, under the name that is given', async () => {
    const { user } = await openApp('/contacts?add=RAVI@bahi')
    await user.click(await screen.findByRole('button', { name: 'Continue' }))
    expect(await screen.findByText('RAVI KUMAR')).toBeTruthy()
    const name = screen.getByRole('textbox', { name: 'Name' })
    await user.clear(name)
    await user.type(name, 'Ravi (chai)')
    await user.click(screen.getByRole('switch', { name: 'Favourite' }))
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(callsOf(putContact)).toHaveLength(1))
    expect(callsOf(putContact)[0]).toMatchObject({
      params: { vpa: 'ravi@bahi' },
      body: { name: 'Ravi (chai)', favourite: true },
    })
    expect(await screen.findByRole('link', { name: /Ravi \(chai\)/ })).toBeTruthy()
  })

  it.each([
    ['what is no UPI ID', 'ravi', 'Enter a UPI ID like ravi@bahi.'],
    ['what no bank knows', 'nobody@bahi', 'This UPI ID doesn’t exist. Check the spelling.'],
    ['what is there already', 'asha@bahi', 'Already saved as Asha.'],
  ])('refuses %s', async (_, typed, message) => {
    keep('asha@bahi', 'Asha')
    const { user } = await openApp('/contacts?add=')
    await screen.findByRole('link', { name: /Asha/, hidden: true })
    await user.type(await screen.findByRole('textbox', { name: 'UPI ID' }), typed)
    await user.click(screen.getByRole('button', { name: 'Continue' }))
    expect(await screen.findByText(message)).toBeTruthy()
    expect(callsOf(putContact)).toEqual([])
  })
})

describe('changing', () => {
  it('stars with one press, and says so', async () => {
    keep('ravi@bahi', 'Ravi')
    const { user } = await openApp('/contacts')
    const star = await screen.findByRole('button', { name: 'Ravi is a favourite' })
    expect(star.getAttribute('aria-pressed')).toBe('false')
    await user.click(star)
    await waitFor(() => expect(there.get('ravi@bahi')?.favourite).toBe(true))
    expect(screen.getByRole('button', { name: 'Ravi is a favourite' }).getAttribute('aria-pressed')).toBe(
      'true',
    )
    expect(screen.getByText('Ravi added to favourites.')).toBeTruthy()
  })

  it('removes after asking', async () => {
    keep('ravi@bahi', 'Ravi')
    const { user } = await openApp('/contacts')
    await user.click(await screen.findByRole('button', { name: 'Edit Ravi' }))
    await user.click(await screen.findByRole('button', { name: 'Remove contact' }))
    expect(there.size).toBe(1)
    await user.click(screen.getByRole('button', { name: 'Remove contact' }))
    await waitFor(() => expect(there.size).toBe(0))
    expect(await screen.findByText('No contacts yet')).toBeTruthy()
  })

  it('that is refused shows why, and nothing changes', async () => {
    keep('ravi@bahi', 'Ravi')
    stub(putContact, () => new Problem('wrong-state', 'you have 1000 contacts: remove one first'))
    const { user } = await openApp('/contacts')
    await user.click(await screen.findByRole('button', { name: 'Ravi is a favourite' }))
    expect(await screen.findByRole('alert')).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Ravi is a favourite' }).getAttribute('aria-pressed')).toBe(
      'false',
    )
  })

  it('without a network is shown at once, and sent when it is back', async () => {
    keep('ravi@bahi', 'Ravi')
    const { user } = await openApp('/contacts')
    const star = await screen.findByRole('button', { name: 'Ravi is a favourite' })
    stub(putContact, () => new Problem('unavailable', 'offline'))
    await user.click(star)
    expect(await screen.findByText(/1 change will sync/)).toBeTruthy()
    expect(names()).toHaveLength(1)
    stub(putContact, ({ params: { vpa }, body }) => ({ contact: { vpa, ...body } }))
    await user.click(screen.getByRole('button', { name: 'Ravi is a favourite' }))
    await waitFor(() => expect(screen.queryByText(/on this device only/)).toBeNull())
  })

  it('is sent when that is asked for before the request that fails has ended', async () => {
    keep('ravi@bahi', 'Ravi')
    const { user } = await openApp('/contacts')
    const star = await screen.findByRole('button', { name: 'Ravi is a favourite' })
    let fail: (refusal: Problem) => void = () => undefined
    stub(putContact, () => new Promise<never>((_, reject) => (fail = reject)))
    await user.click(star)
    expect(await screen.findByText(/1 change will sync/)).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Ravi is a favourite' }))
    stub(putContact, ({ params: { vpa }, body }) => ({ contact: { vpa, ...body } }))
    fail(new Problem('unavailable', 'offline'))
    await waitFor(() => expect(screen.queryByText(/1 change will sync/)).toBeNull())
  })
})

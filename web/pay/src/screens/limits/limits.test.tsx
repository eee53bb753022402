// My limits: changed one by one, loosened with the password, kept, stopped and resumed; and hours as people say them.
import { changeControls, showControls, stopPayments, type Controls } from '@bahi/contracts/controls.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { act, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it, test, vi } from 'vitest'
import { callsOf, openApp, stub } from '../../testing.tsx'
import { hoursOf, rangeOf } from './hours.ts'
import type { ControlsView } from './use-controls.ts'

const viewOf = (controls: Controls, about: Partial<ControlsView> = {}): ControlsView => ({
  ...{ version: 3, controls, later: [], loosensAfterHours: 24 },
  ...about,
})
let view: ControlsView
beforeEach(() => {
  view = viewOf({ perDayPaise: 5_000_00, payees: [{ vpa: 'games@ganga', perMonthPaise: 500_00 }] })
  stub(showControls, () => view)
  stub(changeControls, ({ body }) => (view = viewOf(body.controls, { version: 4 })))
})
const open = () => openApp('/profile/limits')

describe('my limits', () => {
  it('show what counts', async () => {
    await open()
    expect(await screen.findByRole('button', { name: /A day.*₹5,000/ })).toBeTruthy()
    expect(screen.getByRole('button', { name: /One payment.*No limit/ })).toBeTruthy()
    expect(screen.getByRole('button', { name: /games@ganga.*₹500 a month/ })).toBeTruthy()
    expect(screen.getByRole('switch', { name: 'Pay people' }).getAttribute('aria-checked')).toBe('true')
  })

  it('change one by one, and keep the others', async () => {
    const { user } = await open()
    await user.click(await screen.findByRole('button', { name: /One payment/ }))
    const sheet = await screen.findByRole('dialog', { name: 'One payment' })
    await user.type(within(sheet).getByLabelText('At most'), '2000{Enter}')
    await screen.findByRole('button', { name: /One payment.*₹2,000/ })
    await user.click(screen.getByRole('switch', { name: 'Pay people' }))
    await waitFor(() => expect(callsOf(changeControls)).toHaveLength(2))
    expect(callsOf(changeControls)[1]?.body).toEqual({
      version: 4,
      controls: {
        ...{ perTransactionPaise: 2_000_00, perDayPaise: 5_000_00, personsOff: true },
        payees: [{ vpa: 'games@ganga', perMonthPaise: 500_00 }],
      },
    })
  })

  it('say that a count is missing, not an amount', async () => {
    const { user } = await open()
    await user.click(await screen.findByRole('button', { name: /Payments a day/ }))
    await user.click(await screen.findByRole('button', { name: 'Save' }))
    await screen.findByText('Enter how many payments.')
    expect(callsOf(changeControls)).toEqual([])
  })

  it('are not changed without a network, which is said where they are', async () => {
    const { user } = await open()
    await user.click(await screen.findByRole('button', { name: /A day/ }))
    const sheet = within(await screen.findByRole('dialog'))
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    act(() => void window.dispatchEvent(new Event('offline')))
    sheet.getByText(/Limits can be changed once you’re back/)
    for (const name of ['Save', 'Remove this limit'])
      expect(sheet.getByRole('button', { name })).toHaveProperty('disabled', true)
  })

  it('loosen with the password, and say when that counts', async () => {
    stub(changeControls, ({ body: { controls, stepUp } }) => {
      if (!stepUp) return new Problem('step-up-required')
      const later = [{ from: '2026-11-28T09:30:00.000Z', controls }]
      return (view = viewOf(view.controls, { version: 4, later }))
    })
    const { user } = await open()
    await user.click(await screen.findByRole('button', { name: /A day/ }))
    await user.click(await screen.findByRole('button', { name: 'Remove this limit' }))
    await user.type(await screen.findByLabelText('Password'), 'right{Enter}')
    await screen.findByText(/Your limits rise on 28 Nov/)
    stub(changeControls, ({ body }) => (view = viewOf(body.controls, { version: 5 })))
    await user.click(screen.getByRole('button', { name: 'Keep the limits of now' }))
    await waitFor(() => expect(screen.queryByText(/Your limits rise/)).toBeNull())
    expect(callsOf(changeControls).at(-1)?.body).toMatchObject({ controls: { perDayPaise: 5_000_00 } })
  })

  it('are set for a payee', async () => {
    const { user } = await open()
    await user.click(await screen.findByRole('button', { name: 'Add a payee' }))
    await user.type(await screen.findByLabelText('UPI ID'), 'Shop@Bahi')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await screen.findByText('Enter an amount for a day or a month.')
    await user.type(screen.getByLabelText('A day'), '300')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await screen.findByRole('button', { name: /shop@bahi.*₹300 a day/ })
  })

  it('are of some hours', async () => {
    const { user } = await open()
    await user.click(await screen.findByRole('button', { name: /Hours.*Any time/ }))
    await user.selectOptions(await screen.findByLabelText('From'), '9 am')
    await user.selectOptions(screen.getByLabelText('Until'), '9 am')
    await screen.findByText('Any time', { selector: '[role=status]' })
    await user.selectOptions(screen.getByLabelText('Until'), '9 pm')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await screen.findByRole('button', { name: /Hours.*9 am – 9 pm/ })
  })

  it('stop everything, and say when payments resume', async () => {
    stub(stopPayments, () => (view = viewOf({ stopped: true })))
    const { user } = await open()
    await user.click(await screen.findByRole('button', { name: 'Stop all payments' }))
    const sheet = await screen.findByRole('dialog', { name: 'Stop all payments?' })
    await user.click(within(sheet).getByRole('button', { name: 'Stop all payments' }))
    await screen.findByText('Payments are stopped')
    const later = [{ from: '2026-11-28T09:30:00.000Z', controls: {} }]
    stub(changeControls, () => (view = viewOf({ stopped: true }, { later })))
    await user.click(screen.getByRole('button', { name: 'Resume payments' }))
    await screen.findByText(/Payments resume on 28 Nov/)
  })

  it('that could not be loaded are tried again', async () => {
    stub(showControls, () => new Problem('unavailable'))
    await open()
    expect(await screen.findByRole('button', { name: 'Try again' })).toBeTruthy()
  })
})

test.each([
  [{ from: 9, until: 12 }, [9, 10, 11]],
  [{ from: 22, until: 2 }, [0, 1, 22, 23]],
  [{ from: 0, until: 23 }, Array.from({ length: 23 }, (_, hour) => hour)],
])('hours %j are %j', (range, hours) => {
  expect(hoursOf(range)).toEqual(hours)
  expect(rangeOf(hours)).toEqual(range)
})
test.each([[undefined], [[]], [Array.from({ length: 24 }, (_, hour) => hour)], [[1, 5]]])(
  '%j is no range',
  (hours) => {
    expect(rangeOf(hours)).toBeUndefined()
  },
)

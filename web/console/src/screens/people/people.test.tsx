// People in the console: searches and back, and that measures send and look no more than they have to.
import { findPayments } from '@bahi/contracts/look-up.ts'
import {
  approveMeasure,
  declineMeasure,
  listMeasures,
  requestMeasure,
  type Measure,
} from '@bahi/contracts/measures.ts'
import {
  listPersonMandates,
  searchPeople,
  showPersonAccounts,
  showPersonProfile,
  showPersonSignIn,
} from '@bahi/contracts/person-look-up.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { screen } from '@testing-library/react'
import type { UserEvent } from '@testing-library/user-event'
import { expect, it } from 'vitest'
import { en } from '../../language/en.ts'
import { callsOf, openConsole, signedInAs, stub } from '../../testing.tsx'

const userId = '01994c00-0000-7000-8000-000000000002'
const colleague = '01994c00-0000-7000-8000-000000000003'
const at = '2026-11-01T00:00:00.000Z'
const masked = { name: 'A••• R•••', phone: '+91••••••3210', createdAt: at }
const press = (name: string) => screen.findByRole('button', { name })

it('leads on from a page of a search on which nobody matches', async () => {
  stub(searchPeople, ({ body: { after } }) =>
    after === undefined ? { people: [], next: userId } : { people: [{ userId, ...masked }] },
  )
  const { user } = await openConsole('/people', ['support'])
  await user.type(await screen.findByLabelText(en['people.search']), 'asha{Enter}')
  await user.click(await press(en['table.more']))
  await screen.findByRole('link', { name: masked.name })
})

it('goes back to a search with its text', async () => {
  stub(searchPeople, () => ({ people: [] }))
  const { user, goBack } = await openConsole('/people', ['support'])
  const field = await screen.findByLabelText<HTMLInputElement>(en['people.search'])
  await user.type(field, 'asha{Enter}')
  await user.clear(field)
  await user.type(field, 'ravi{Enter}')
  await expect.poll(() => callsOf(searchPeople)).toHaveLength(2)
  await goBack()
  expect(field.value).toBe('asha')
})

const theirs: Measure = {
  ...{ id: colleague, userId, kind: 'freeze', state: 'requested', note: 'Three people report fraud' },
  ...{ requestedAt: at, requestedBy: colleague },
}

function stubPerson(): void {
  stub(showPersonProfile, () => ({ userId, ...masked, language: 'en' as const }))
  stub(showPersonSignIn, () => ({ roles: [], sessions: [], devices: [] }))
  stub(showPersonAccounts, () => ({ accounts: [], upiIds: [] }))
  stub(findPayments, () => ({ payments: [] }))
  stub(listPersonMandates, () => ({ mandates: [] }))
}

async function giveReason(user: UserEvent): Promise<void> {
  const field = screen.getByLabelText<HTMLInputElement>(en['reason.label'])
  await user.clear(field)
  await user.type(field, theirs.note)
  await user.click((await screen.findByRole('dialog')).querySelector('button[type=submit]')!)
}

it('looks at the person again once a measure is approved, and not for a request or a refusal', async () => {
  stubPerson()
  let measures = [theirs]
  stub(listMeasures, () => ({ measures }))
  stub(requestMeasure, () => ({ ...theirs, requestedBy: signedInAs }))
  stub(declineMeasure, () => {
    measures = [{ ...theirs, kind: 'end-sessions' }]
    return { ...theirs, state: 'declined' as const }
  })
  stub(approveMeasure, () => ({ ...theirs, state: 'approved' as const }))
  const { user } = await openConsole(`/people/${userId}`, ['risk-analyst'])
  const looks = () => [callsOf(showPersonSignIn).length, callsOf(showPersonAccounts).length]
  await user.click(await press(en['measures.ask-freeze']))
  await giveReason(user)
  await expect.poll(() => callsOf(listMeasures)).toHaveLength(2)
  await user.click(await press(en['grants.decline']))
  await giveReason(user)
  await screen.findByText(en['measures.end-sessions'])
  expect(looks()).toEqual([1, 1])
  await user.click(await press(en['grants.approve']))
  await expect.poll(looks).toEqual([2, 2])
})

it('asks for the number that a person has now, to restore their sign-in', async () => {
  stubPerson()
  stub(listMeasures, () => ({
    measures: [{ ...theirs, kind: 'restore-sign-in' as const, phoneEnding: '0001' }],
  }))
  stub(requestMeasure, () => theirs)
  const { user } = await openConsole(`/people/${userId}`, ['risk-analyst'])
  await screen.findByText(`${en['measures.restore-sign-in']} ••••0001`)
  await user.click(await press(en['measures.ask-restore-sign-in']))
  await user.type(await screen.findByLabelText(en['grants.phone']), '98765 00001')
  await giveReason(user)
  await expect
    .poll(() => callsOf(requestMeasure).map(({ body }) => body))
    .toMatchObject([{ userId, kind: 'restore-sign-in', phone: '+919876500001' }])
})

it('sends a request whose answer was lost again under the same id', async () => {
  stubPerson()
  stub(listMeasures, () => ({ measures: [] }))
  stub(requestMeasure, () => new Problem('timeout'))
  const { user } = await openConsole(`/people/${userId}`, ['risk-analyst'])
  await user.click(await press(en['measures.ask-freeze']))
  await giveReason(user)
  await expect.poll(() => callsOf(requestMeasure)).toHaveLength(1)
  stub(requestMeasure, () => theirs)
  await giveReason(user)
  await expect.poll(() => callsOf(requestMeasure)).toHaveLength(2)
  const [first, second] = callsOf(requestMeasure)
  expect(second).toEqual(first)
})

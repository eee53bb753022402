// Documents that are reviewed: what the session may no longer see asks for its second factor.
import { showKycPage, showKycReview } from '@bahi/contracts/kyc.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { readSecondFactor } from '@bahi/contracts/second-factor.ts'
import { screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { en } from '../../language/en.ts'
import { openConsole, signedInAs, stub } from '../../testing.tsx'

const id = '019d0000-0000-7000-8000-00000000000a'
const at = '2026-11-27T09:30:00.000Z'

it('asks for the second factor when a document needs it again', async () => {
  stub(showKycReview, () => ({
    ...{ id, userId: signedInAs, tier: 'minimum' as const, status: 'in-review' as const, submittedAt: at },
    ...{ form: { name: 'Asha Rao', bornOn: '1990-04-12' }, needsSecond: false, bankNames: [], samePan: 0 },
    documents: [{ id, kind: 'pan' as const, status: 'readable' as const, pages: 1, uploadedAt: at }],
  }))
  stub(showKycPage, () => new Problem('second-factor-required'))
  stub(readSecondFactor, () => ({
    ...{ isNeeded: true, isProven: false, methods: ['totp' as const], recoveryCodesLeft: 0 },
  }))
  const { user, address } = await openConsole(`/kyc/${id}`, ['kyc-reviewer'])
  await user.click(await screen.findByRole('button', { name: 'Show PAN card 1' }))
  await screen.findByLabelText(en['factor.code'])
  expect(address()).toBe('/second-factor')
})

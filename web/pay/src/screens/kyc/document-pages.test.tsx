// My own documents: a page is shown after a proof that it is me, and hidden again.
import { showKyc, type KycView } from '@bahi/contracts/kyc.ts'
import { Problem, toDocument } from '@bahi/contracts/problem.ts'
import { screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { openApp, stub } from '../../testing.tsx'

const id = '019d0000-0000-7000-8000-00000000000a'
const at = '2026-11-27T09:30:00.000Z'
const tier = { documents: ['pan' as const], needsAddress: false, validDays: 730 }
const view: KycView = {
  tier: 'none',
  submission: {
    ...{ id, tier: 'minimum', status: 'submitted', form: { name: 'Asha Rao', bornOn: '1990-04-12' } },
    documents: [{ id, kind: 'pan', status: 'readable', pages: 2, uploadedAt: at }],
    changedAt: at,
  },
  rules: {
    ...{ tiers: { minimum: tier, full: tier }, maxBytes: 10_485_760, types: ['image/jpeg'], minimumAge: 18 },
  },
}

test('each page is shown after a proof', async () => {
  stub(showKyc, () => view)
  const services = fetch
  const asked: unknown[] = []
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    if (!url.includes('/pages/')) return services(url, init)
    const body: unknown = JSON.parse(String(init.body))
    asked.push([url, init.method, body])
    if (asked.length > 1) return new Response('picture')
    const refusal = new Problem('step-up-required', undefined, {
      stepUp: { purpose: 'view-document', proofs: ['password', 'code'] },
    })
    return Response.json(toDocument(refusal), { status: refusal.status })
  })
  const shown = vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:page')
  const { user } = await openApp('/profile/kyc')
  await user.click(await screen.findByRole('button', { name: 'Show PAN card, page 2' }))
  await user.type(await screen.findByLabelText('Password'), 'boats on the river')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  expect((await screen.findByRole('img', { name: 'PAN card, page 2' })).getAttribute('src')).toBe('blob:page')
  const path = `/v1/kyc/${id}/documents/${id}/pages/2`
  const proof = { stepUp: { password: 'boats on the river' } }
  expect(asked).toEqual([
    [path, 'POST', {}],
    [path, 'POST', proof],
  ])
  await user.click(screen.getByRole('button', { name: 'Hide' }))
  await screen.findByRole('button', { name: 'Show PAN card, page 2' })
  shown.mockRestore()
})

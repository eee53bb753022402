// My code: the link in it, that a reader of codes reads it, and the screen around it.
import { listVpas } from '@bahi/contracts/account.ts'
import { me } from '@bahi/contracts/user.ts'
import { screen } from '@testing-library/react'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it, test } from 'vitest'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import { openApp, signedInAs, stub } from '../../testing.tsx'
import { upiLink } from '@bahi/contracts/codes/upi-link.ts'
import { qrPath } from '@bahi/web-ui/components/qr-code.tsx'

const at = '2026-11-01T00:00:00.000Z'
const accountId = '01994c00-0000-7000-8000-0000000000a1'

describe('the link', () => {
  it.each([
    [{ vpa: 'asha@bahi', name: 'Asha Rao' }, 'upi://pay?pa=asha@bahi&pn=Asha%20Rao&cu=INR'],
    [
      { vpa: 'a.b@bahi', name: 'A & B', amountPaise: 5 },
      'upi://pay?pa=a.b@bahi&pn=A%20%26%20B&am=0.05&cu=INR',
    ],
    [
      { vpa: 'asha@bahi', name: 'आ', amountPaise: 250_000 },
      'upi://pay?pa=asha@bahi&pn=%E0%A4%86&am=2500.00&cu=INR',
    ],
  ])('of %j', (wanted, link) => expect(upiLink(wanted)).toBe(link))
})

/** The picture that a camera would see: `scale` points for each of the code. */
async function seen(text: string, scale = 4): Promise<string | undefined> {
  const { path, size } = qrPath(text)
  const width = size * scale
  const points = new Uint8ClampedArray(width * width * 4).fill(255)
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let dy = 0; dy < scale; dy++) {
      const from = ((Number(y) * scale + dy) * width + Number(x) * scale) * 4
      for (let i = 0; i < Number(run) * scale; i++) points.fill(0, from + i * 4, from + i * 4 + 3)
    }
  }
  const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')
  prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm).buffer as ArrayBuffer } })
  const picture = { data: points, width, height: width, colorSpace: 'srgb' } as ImageData
  return (await readBarcodes(picture, { formats: ['QRCode'] }))[0]?.text
}

test('a reader of codes reads what was drawn', async () => {
  const link = upiLink({ vpa: 'asha@bahi', name: 'आशा राव', amountPaise: 1_250_50 })
  expect(await seen(link)).toBe(link)
})

function stubMine(...vpas: string[]) {
  stub(me, () => ({
    ...{
      userId: signedInAs,
      name: 'Asha Rao',
      phone: '+919876543210',
      createdAt: at,
      language: 'en' as const,
    },
  }))
  stub(listVpas, () => ({
    vpas: vpas.map((vpa, i) => ({ vpa, accountId, primary: i === 0, createdAt: at })),
  }))
}
const codeOf = () => screen.findByRole('img', { name: /^QR code to pay Asha Rao/ })

test('the code is that of the primary UPI ID, and changes with the amount', async () => {
  stubMine('asha@bahi')
  const { user } = await openApp('/receive')
  const drawn = async () => (await codeOf()).querySelector('path')?.getAttribute('d')
  const before = await drawn()
  expect(before).toBe(qrPath('upi://pay?pa=asha@bahi&pn=Asha%20Rao&cu=INR').path)
  await user.type(screen.getByLabelText('Amount'), '1250.5')
  expect(screen.getByText('₹1,250.50')).toBeTruthy()
  expect(await drawn()).toBe(qrPath('upi://pay?pa=asha@bahi&pn=Asha%20Rao&am=1250.50&cu=INR').path)
})

test('another of my UPI IDs can be shown, and copied', async () => {
  stubMine('asha@bahi', 'asha.rao@bahi')
  const { user } = await openApp('/receive')
  await user.click(await screen.findByRole('radio', { name: 'asha.rao@bahi' }))
  expect((await codeOf()).getAttribute('aria-label')).toContain('asha.rao@bahi')
  await user.click(screen.getByRole('button', { name: 'Copy UPI ID' }))
  expect(await screen.findByText('asha.rao@bahi copied.')).toBeTruthy()
  expect(await navigator.clipboard.readText()).toBe('asha.rao@bahi')
})

test('what is shared has the link, and the amount when one was named', async () => {
  stubMine('asha@bahi')
  const { user } = await openApp('/receive')
  const link = 'upi://pay?pa=asha@bahi&pn=Asha%20Rao'
  await user.click(await screen.findByRole('button', { name: 'Share' }))
  await screen.findByText('Message copied.')
  expect(await navigator.clipboard.readText()).toBe(
    `Pay Asha Rao with any UPI app: asha@bahi\n${link}&cu=INR`,
  )
  await user.type(screen.getByLabelText('Amount'), '250')
  await user.click(screen.getByRole('button', { name: 'Share' }))
  await expect
    .poll(() => navigator.clipboard.readText())
    .toBe(`Pay ₹250.00 to Asha Rao with any UPI app: asha@bahi\n${link}&am=250.00&cu=INR`)
})

test('who has no UPI ID yet is led to one', async () => {
  stubMine()
  await openApp('/receive')
  expect((await screen.findByRole('link', { name: 'Create your UPI ID' })).getAttribute('href')).toBe(
    '/upi-ids/new',
  )
})

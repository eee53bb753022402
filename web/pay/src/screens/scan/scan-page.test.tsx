// The screen that scans, where there is no camera, where it is not allowed, and with what a detector finds.
import {
  findAccountPayee,
  listAccounts,
  listBanks,
  listVpas,
  pinKeys,
  resolveVpa,
} from '@bahi/contracts/account.ts'
import { crc16 } from '@bahi/contracts/codes/emv-code.ts'
import { listPayments } from '@bahi/contracts/payment.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { readQr } from '@bahi/contracts/qr.ts'
import { me } from '@bahi/contracts/user.ts'
import { screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { callsOf, openApp, signedInAs, stub } from '../../testing.tsx'

// The library's WebAssembly is not loaded here: the browser's detector finds what there is.
vi.mock('zxing-wasm/reader', () => ({
  prepareZXingModule: () => undefined,
  readBarcodes: () => Promise.resolve([]),
}))

beforeEach(() => {
  const createdAt = '2026-11-01T00:00:00.000Z'
  stub(me, () => ({
    ...{ userId: signedInAs, name: 'Asha Rao', phone: '+919876543210', createdAt, language: 'en' as const },
  }))
  vi.stubGlobal('createImageBitmap', () => Promise.resolve({ width: 10, height: 10 }))
  // There is nothing to draw on here: real pictures are read in e2e/src/web/scan.test.ts.
  const brush = { fillRect: () => undefined, drawImage: () => undefined, getImageData: () => ({}) }
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(brush as never)
})

afterEach(() => Reflect.deleteProperty(navigator, 'mediaDevices'))

function refuseCamera(name: string) {
  const getUserMedia = () => Promise.reject(new DOMException('no', name))
  Object.defineProperty(navigator, 'mediaDevices', { configurable: true, value: { getUserMedia } })
}

/** What the browser's own detector finds in a picture. */
function detectorFinds(texts: string[]) {
  vi.stubGlobal(
    'BarcodeDetector',
    Object.assign(
      function () {
        return { detect: () => Promise.resolve(texts.map((rawValue) => ({ rawValue }))) }
      },
      { getSupportedFormats: () => Promise.resolve(['qr_code']) },
    ),
  )
}

async function choosePicture(...texts: string[]) {
  refuseCamera('NotFoundError')
  detectorFinds(texts)
  const app = await openApp('/scan')
  await screen.findByText('No camera found')
  await app.user.upload(
    screen.getByLabelText('Choose a photo'),
    new File(['x'], 'a.png', { type: 'image/png' }),
  )
  return app
}

test.each([
  ['NotAllowedError', 'Camera access is off'],
  ['NotFoundError', 'No camera found'],
  ['NotReadableError', 'Camera in use'],
])('%s is explained', async (name, title) => {
  refuseCamera(name)
  await openApp('/scan')
  expect(await screen.findByRole('heading', { name: title })).toBeTruthy()
})

test.each([
  ['', 'No QR code found'],
  ['hello', 'isn’t a payment'],
  ['upi://pay?pa=a1@b upi://pay?pa=c1@d', 'two different payment codes'],
  ['https://win.example upi://mandate?pa=a@b', 'isn’t valid'],
  ['https://win.example/now', '(win.example)'],
  ['upi://mandate?pa=a@b&am=5', 'isn’t allowed'],
  ['upi://pay?pa=a1@b&pa=c1@d', 'Don’t pay with it'],
  ['upi://pay?pa=a1@b&am=50&mam=99', 'below its own minimum'],
  ['upi://pay?pa=a1@b&QRexpire=2020-01-01T00:00Z', 'has expired'],
])('a picture with %s is reported', async (text, message) => {
  const { address } = await choosePicture(...text.split(' ').filter(Boolean))
  await expect
    .poll(() =>
      screen
        .getAllByRole('alert')
        .map((one) => one.textContent)
        .join(),
    )
    .toContain(message)
  expect(address()).toBe('/scan')
})

test('a picture’s payment is one by a picture, for which the services have limits of their own', async () => {
  const code = { kind: 'pay', text: 'upi://pay?pa=a1@b', order: { vpa: 'a1@b', initiation: {} } } as const
  stub(readQr, () => code)
  // What the screen behind it asks for.
  for (const contract of [resolveVpa, listVpas, listAccounts, listPayments, pinKeys])
    stub(contract as typeof listAccounts, () => new Problem('unavailable'))
  const { address } = await choosePicture('upi://pay?pa=a1@b')
  await expect.poll(address).toBe('/pay/a1%40b?mode=01&picture=1')
})

test('a merchant code with an account leads to its form, and once its holder is known, to what it orders', async () => {
  const vpa = '01994c00-0000-7000-8000-0000000000d1@gang0000001.ifsc.npci'
  const body = '0002010820GANG000000112345678952045411530335654045.505802IN6304'
  stub(findAccountPayee, () => ({ vpa, name: 'Ravi Kumar', kind: 'person' as const, verified: true }))
  for (const contract of [listBanks, listVpas, listAccounts, listPayments, pinKeys])
    stub(contract as typeof listAccounts, () => new Problem('unavailable'))
  const { user, address } = await choosePicture(body + crc16(body))
  await expect.poll(address).toBe('/pay/account')
  await screen.findByText(/has an account number, not a UPI ID/)
  expect(screen.getByLabelText<HTMLInputElement>('Account number').value).toBe('123456789')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  const order = 'am=5.50&mc=5411&mode=03&fixed=1&picture=1'
  await expect.poll(address).toBe(`/pay/${encodeURIComponent(vpa)}?${order}`)
  expect(callsOf(findAccountPayee)).toEqual([{ body: { accountNumber: '123456789', ifsc: 'GANG0000001' } }])
})

const signed = 'upi://pay?pa=shop@bahi&am=5&mode=02&orgid=200001&sign=aa=='

test.each([
  ['code-forged', 'Don’t pay with it'],
  ['code-signer-unknown', 'can’t verify who made'],
  ['code-paid', 'already paid'],
  ['code-expired', 'has expired'],
  ['unavailable', 'temporarily unavailable'],
] as const)('what the services say of a code is said before anything else: %s', async (code, message) => {
  stub(readQr, () => new Problem(code))
  const { address } = await choosePicture(signed)
  expect(await screen.findByText(message, { exact: false })).toBeTruthy()
  expect(callsOf(readQr)).toEqual([{ body: { text: signed } }])
  expect(address()).toBe('/scan')
})

// The screen that scans, where there is no camera, where it is not allowed, and with what a detector finds.
import { me } from '@bahi/contracts/user.ts'
import { screen } from '@testing-library/react'
import { beforeEach, expect, test, vi } from 'vitest'
import { openApp, signedInAs, stub } from '../../testing.tsx'

beforeEach(() => {
  const createdAt = '2026-11-01T00:00:00.000Z'
  stub(me, () => ({
    ...{ userId: signedInAs, name: 'Asha Rao', phone: '+919876543210', createdAt, language: 'en' as const },
  }))
  vi.stubGlobal('createImageBitmap', () => Promise.resolve({ width: 10, height: 10 }))
})

function refuseCamera(name: string) {
  const getUserMedia = () => Promise.reject(new DOMException('no', name))
  Object.defineProperty(navigator, 'mediaDevices', { configurable: true, value: { getUserMedia } })
}

/** What the browser's own detector finds in a picture. */
function detectorFinds(text: string | undefined) {
  vi.stubGlobal(
    'BarcodeDetector',
    Object.assign(
      function () {
        return { detect: () => Promise.resolve(text === undefined ? [] : [{ rawValue: text }]) }
      },
      { getSupportedFormats: () => Promise.resolve(['qr_code']) },
    ),
  )
}

async function choosePicture(text: string | undefined) {
  refuseCamera('NotFoundError')
  detectorFinds(text)
  const app = await openApp('/scan')
  await screen.findByText('There is no camera here')
  await app.user.upload(
    screen.getByLabelText('From a picture'),
    new File(['x'], 'a.png', { type: 'image/png' }),
  )
  return app
}

test.each([
  ['NotAllowedError', 'The camera is not allowed'],
  ['NotFoundError', 'There is no camera here'],
  ['NotReadableError', 'The camera is in use'],
])('%s is explained', async (name, title) => {
  refuseCamera(name)
  await openApp('/scan')
  expect(await screen.findByRole('heading', { name: title })).toBeTruthy()
})

test.each([
  [undefined, 'There is no QR code in this picture'],
  ['hello', 'is no payment'],
  ['https://win.example/now', '(win.example)'],
  ['upi://mandate?pa=a@b', 'automatic payments'],
  ['upi://pay?pa=a@b&pa=c@d', 'Do not pay with it'],
])('a picture with %s is reported', async (text, message) => {
  const { address } = await choosePicture(text)
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

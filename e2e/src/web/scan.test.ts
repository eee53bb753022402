// Reading QR codes in a real browser, with the app's own policy: pictures as people have them, and the camera.
import { qrPath } from '@bahi/web-ui/components/qr-code.tsx'
import { afterAll, describe, expect, inject } from 'vitest'
import { accessFaults, button, cameraSize, it, t, type BrowserPlatform, type Visit } from './browser.ts'

/** A code in a picture: its text, its corner and side in pixels, turned by degrees. */
type Placed = { text: string; x: number; y: number; side: number; turn?: number }
type Picture = { width: number; height: number; paper?: string; grain?: number; codes: Placed[] }

const link = 'upi://pay?pa=shop@sandbox&am=25.00&tr=ORDER-17&mc=5411'
const web = 'https://shop.example/menu'

/** Draws it in the browser, as a JPEG where there is grain. */
async function drawn({ page }: Visit, picture: Picture): Promise<Buffer> {
  const codes = picture.codes.map(({ text, ...at }) => ({ ...at, ...qrPath(text) }))
  const base64 = await page.evaluate(
    async ({ width, height, paper, grain, placed }) => {
      const canvas = new OffscreenCanvas(width, height)
      const pen = canvas.getContext('2d')!
      if (paper) {
        pen.fillStyle = paper
        pen.fillRect(0, 0, width, height)
      }
      for (const { path, size, x, y, side, turn = 0 } of placed) {
        pen.save()
        pen.translate(x + side / 2, y + side / 2)
        pen.rotate((turn * Math.PI) / 180)
        pen.translate(-side / 2, -side / 2)
        if (paper) {
          pen.fillStyle = '#fff'
          pen.fillRect(0, 0, side, side)
        }
        pen.scale(side / size, side / size)
        pen.fillStyle = '#000'
        pen.fill(new Path2D(path))
        pen.restore()
      }
      if (grain) {
        const points = pen.getImageData(0, 0, width, height)
        let seed = 7
        for (let i = 0; i < points.data.length; i++) {
          seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
          if (i % 4 !== 3) points.data[i]! += ((seed >> 8) / 0x7fffff - 0.5) * 2 * grain
        }
        pen.putImageData(points, 0, 0)
      }
      const blob = await canvas.convertToBlob({ type: grain ? 'image/jpeg' : 'image/png', quality: 0.7 })
      const bytes = new Uint8Array(await blob.arrayBuffer())
      let binary = ''
      for (let i = 0; i < bytes.length; i += 8_192)
        binary += String.fromCharCode(...bytes.subarray(i, i + 8_192))
      return btoa(binary)
    },
    {
      width: picture.width,
      height: picture.height,
      paper: picture.paper,
      grain: picture.grain,
      placed: codes,
    },
  )
  return Buffer.from(base64, 'base64')
}

/** A byte for each point of a picture. */
async function greyOf({ page }: Visit, picture: Buffer): Promise<Buffer> {
  const { width, height } = cameraSize
  const points = await page.evaluate(
    async ({ base64, width, height }) => {
      const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))
      const pen = new OffscreenCanvas(width, height).getContext('2d')!
      pen.drawImage(await createImageBitmap(new Blob([bytes])), 0, 0)
      const { data } = pen.getImageData(0, 0, width, height)
      return Array.from({ length: width * height }, (_, i) => data[4 * i]!)
    },
    { base64: picture.toString('base64'), width, height },
  )
  return Buffer.from(points)
}

describe.skipIf(inject('chromium') === '')('a QR code', () => {
  let platform: BrowserPlatform
  let visit: Visit
  it.beforeAll(async ({ platform: shared }) => {
    platform = shared
    visit = await platform.visit()
    await visit.signInAs(await platform.customer())
  })
  afterAll(() => visit.close())

  async function choose(picture: Picture): Promise<void> {
    const buffer = await drawn(visit, picture)
    const mimeType = picture.grain ? 'image/jpeg' : 'image/png'
    await visit.page.goto('/scan')
    await visit.page.getByLabel(t('scan.picture')).setInputFiles({ name: 'code', mimeType, buffer })
  }

  it.each<[string, Picture]>([
    [
      'on a transparent background',
      { width: 400, height: 400, codes: [{ text: link, x: 30, y: 30, side: 340 }] },
    ],
    [
      'beside that of a web address',
      {
        ...{ width: 1_200, height: 700, paper: '#fff' },
        codes: [
          { text: web, x: 80, y: 150, side: 400 },
          { text: link, x: 700, y: 150, side: 400 },
        ],
      },
    ],
    [
      'in a grainy photo of 12 megapixels',
      {
        ...{ width: 4_000, height: 3_000, paper: '#b8a890', grain: 110 },
        codes: [{ text: link, x: 1_400, y: 900, side: 1_100, turn: 8 }],
      },
    ],
    [
      'that is a small part of a large photo',
      {
        ...{ width: 4_000, height: 3_000, paper: '#8090a0', grain: 30 },
        codes: [{ text: link, x: 2_700, y: 400, side: 260, turn: -5 }],
      },
    ],
  ])('%s is read', async (_, picture) => {
    await choose(picture)
    await visit.page.waitForURL(
      '**/pay/shop%40sandbox?am=25.00&tr=ORDER-17&mc=5411&mode=01&fixed=1&picture=1',
    )
    expect(visit.faults).toEqual([])
  })

  it('beside that of another payment is not chosen for the payer', async () => {
    await choose({
      ...{ width: 1_200, height: 700, paper: '#fff' },
      codes: [
        { text: 'upi://pay?pa=eve@sandbox', x: 80, y: 150, side: 400 },
        { text: link, x: 700, y: 150, side: 400 },
      ],
    })
    await visit.page.getByText(t('scan.several')).waitFor()
    expect(new URL(visit.page.url()).pathname).toBe('/scan')
  })

  it('is looked for again when the camera was taken away and is back', async () => {
    const { page } = visit
    await page.goto('/scan')
    await page.getByText(t('scan.hint')).waitFor()
    // The hint stands there while the camera still starts.
    const end = () =>
      page.getByLabel(t('scan.view')).evaluate(async (element) => {
        const video = element as HTMLVideoElement
        while (!video.srcObject || video.readyState < video.HAVE_CURRENT_DATA)
          await new Promise((resolve) => setTimeout(resolve, 20))
        for (const track of (video.srcObject as MediaStream).getTracks()) track.stop()
      })
    await end()
    await page.getByRole('heading', { name: t('scan.stopped') }).waitFor()
    expect(await accessFaults(page)).toEqual([])
    await button(page, 'action.retry').click()
    await page.getByText(t('scan.hint')).waitFor()
    await end()
    await page.getByRole('heading', { name: t('scan.stopped') }).waitFor()
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await page.getByText(t('scan.hint')).waitFor()
    expect(visit.faults).toEqual([])
  })

  it('before the camera is read, and who has no camera or does not allow it is told what else to do', async () => {
    const { page } = visit
    const picture = await drawn(visit, {
      ...{ ...cameraSize, paper: '#fff' },
      codes: [{ text: link, x: 140, y: 60, side: 360 }],
    })
    await platform.showCamera(await greyOf(visit, picture))
    await page.goto('/scan')
    await page.waitForURL('**/pay/shop%40sandbox?am=25.00&tr=ORDER-17&mc=5411&mode=01&fixed=1')
    await page.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException('no', location.hash.slice(1)))
    })
    for (const [fault, text] of [
      ['NotAllowedError', 'scan.denied'],
      ['NotFoundError', 'scan.missing'],
    ] as const) {
      await page.goto('/')
      await page.goto(`/scan#${fault}`)
      await page.getByRole('heading', { name: t(text) }).waitFor()
      await page.getByLabel(t('scan.picture')).waitFor({ state: 'attached' })
    }
    expect(visit.faults).toEqual([])
  })
})

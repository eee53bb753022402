// The mark on a page that a reviewer sees.
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { watermark } from './watermark.ts'

const text = '01a2b3c4-0000-7000-8000-000000000000 2026-11-27 10:00'

async function blank(width: number, height: number): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: '#dee' } })
    .jpeg()
    .toBuffer()
}

it.each([
  [600, 400],
  [200, 2_400],
  [2_400, 20],
  [300, 10],
])('is on a page of %i by %i, which keeps its size', async (width, height) => {
  const marked = sharp(await watermark(await blank(width, height), text))
  expect(await marked.metadata()).toMatchObject({ format: 'jpeg', width, height })
  expect((await marked.stats()).channels[0]!.stdev).toBeGreaterThan(5)
})

it('is on pictures as the reader makes them alone', async () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"/>')
  await expect(watermark(svg, text)).rejects.toThrow(/unsupported image format/)
})

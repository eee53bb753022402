// The steps of a payment on tall, flat and wide screens; `npm test` has a small phone.
import { describe, inject } from 'vitest'
import { it } from './browser.ts'
import { paymentFits } from './payment-steps.ts'

const sizes = [
  ['a phone with the bars of its browser', { width: 390, height: 664 }],
  ['a phone', { width: 390, height: 844 }],
  ['a phone on its side', { width: 667, height: 375 }],
  ['a desktop', { width: 1440, height: 900 }],
] as const

describe.skipIf(inject('chromium') === '')('the steps of a payment', () => {
  it.for(sizes)('fit %s', async ([, viewport], { platform }) =>
    paymentFits(platform, await platform.customer(), viewport),
  )
})

// What a payment was spent on, by the merchant category code (ISO 18245) that it was made with.

export const spendCategories = [
  ...(['groceries', 'food', 'fuel', 'travel', 'bills', 'shopping', 'health', 'education'] as const),
  ...(['entertainment', 'finance', 'government', 'other', 'people'] as const),
] as const
export type SpendCategory = (typeof spendCategories)[number]

/** From the first code to the last of a range; the first range that has a code decides. */
const ranges: readonly (readonly [SpendCategory, from: number, to: number])[] = [
  ['people', 0, 0],
  // Single codes within the wide ranges below.
  ...(['5411', '5422', '5441', '5451', '5462', '5499'] as const).map((code) => one('groceries', code)),
  ...(['5172', '5541', '5542', '5552', '5983'] as const).map((code) => one('fuel', code)),
  ...(['4119', '5047', '5122', '5912', '5975', '5976'] as const).map((code) => one('health', code)),
  ...(['5192', '5942', '5943', '8351'] as const).map((code) => one('education', code)),
  one('finance', '5960'),
  one('bills', '6513'),
  ['food', 5811, 5814],
  ['entertainment', 5815, 5818],
  // Airlines, car hire and hotels by their own codes, then transport, travel agencies, hotels, parking.
  ...(
    [
      [3000, 3999],
      [4011, 4789],
      [7011, 7033],
      [7512, 7523],
    ] as const
  ).map(([from, to]) => ['travel', from, to] as const),
  // Telephone, internet, television; electricity, gas, water.
  ['bills', 4812, 4900],
  ['shopping', 5200, 5399],
  ['shopping', 5531, 5999],
  ['finance', 6010, 6540],
  ['entertainment', 7829, 7999],
  ['health', 8011, 8099],
  ['education', 8211, 8299],
  ['government', 9211, 9405],
]

function one(category: SpendCategory, code: string): readonly [SpendCategory, number, number] {
  return [category, Number(code), Number(code)]
}

/** `people`: the payment names no merchant, as when a UPI ID was typed in. */
export function spendCategoryOf(mcc: string): SpendCategory {
  const code = Number(mcc)
  return ranges.find(([, from, to]) => from <= code && code <= to)?.[0] ?? 'other'
}

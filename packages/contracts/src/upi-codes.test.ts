// Codes of banks and of the network: each is known, and never handled as certain when its outcome is not.
import { describe, expect, it } from 'vitest'
import { handlingOf, upiCodes, upiCodeText } from './upi-codes.ts'

/** By NPCI's list of error codes: business declines, technical declines before a debit, and what is in doubt. */
const classes: readonly [name: string, codes: string, handlings: readonly string[]][] = [
  ['approved', '00', ['done']],
  [
    'declined by a bank, an app or the network',
    `ZM Z6 Z7 Z8 Z9 ZA ZD ZE ZF ZG ZH ZI ZU ZX ZY K1 59 XB XC XD XE XF XG XH XI XV XW YA YC YD YE YF YG
     YH X6 X7 B1 B3 AM PS FL FP ZR ZS ZT SP AJ XL XN RM RN RZ BR B2 S0 S1 S2 S3 TM IC ID IE VO VP VQ VR
     VZ VK VL VM M16`,
    ['act', 'retry', 'stop'],
  ],
  [
    'of mandates',
    'QA QB QC QD QH QK QL QR QS QU VA VB VC VD VF VG VH VI VJ VT VU UM0 UM8 UM9',
    ['act', 'stop'],
  ],
  ['the same account', 'U96', ['act']],
  ['stopped as a risk: no contact and no retry', 'U16 K1 59 ZI M16 U66 XV YA', ['stop']],
  [
    'declined by the network',
    'U02 U03 U10 U11 U14 U15 U17 U19 U29 U30 U31 U54 U55 U63 U64 U65 U69 U77 U95',
    ['act', 'retry', 'stop'],
  ],
  [
    'out of reach before anything was debited',
    'XT XU XY Y1 IR UB HS HS1 HS2 HS3 U09 U18 U20 U28 U48 U78 U80 U81 U84 U86 U89 U90 U91 U92 U93 U94',
    ['retry'],
  ],
  [
    'in doubt: asked for, never debited again',
    `UP UT BT RB RR RP 21 32 96 DF DT NO VE VS S95 U01 U08 U26 U27 U32 U33 U34 U35 U36 U37 U38 U42 U53
     U56 U57 U58 U59 U60 U61 U62 U67 U68 U70 U82 U85 U87 U88 U97 U98 U99`,
    ['ask'],
  ],
]

describe.each(classes)('%s', (_name, codes, handlings) => {
  it.each(codes.split(/\s+/))('%s', (code) => {
    expect(upiCodes.has(code)).toBe(true)
    expect(handlings).toContain(handlingOf(code))
  })
})

it('one that nobody knows is in doubt, and no code is listed twice', () => {
  expect(handlingOf('Q9')).toBe('ask')
  expect(upiCodeText('Q9', 'en')).toBe(upiCodeText('XB', 'en'))
  const tested = new Set(classes.flatMap(([, codes]) => codes.split(/\s+/)))
  for (const code of ['UM1', 'UM2', 'UM3', 'UM4', 'UM5', 'UM6', 'UM7']) tested.add(code)
  expect([...upiCodes.keys()].filter((code) => !tested.has(code))).toEqual([])
})

// How a payment began: UPI's initiation mode and purpose codes as data, and which of them go together.
import * as Type from 'typebox'
import type { Static } from 'typebox'

/** What a mode or purpose belongs to, when it is not open to every payment. */
type Flow =
  | 'qr'
  | 'dynamic-qr'
  | 'mandate'
  | 'atm'
  | 'upi-lite'
  | 'upi-circle'
  | 'reserve-pay'
  | 'international'
  | 'bank'

/**
 * NPCI's initiation modes (juspay.io/upi-merchant-stack, resources/initiation-mode). `00`: the person typed it in.
 * `secure`: of a code or link that is signed.
 */
export const initiationModes = {
  '00': { name: 'default' },
  '01': { name: 'QR code', flow: 'qr' },
  '02': { name: 'secure QR code', flow: 'qr', secure: true },
  '03': { name: 'Bharat QR', flow: 'qr' },
  '04': { name: 'intent' },
  '05': { name: 'secure intent', secure: true },
  '06': { name: 'NFC' },
  '07': { name: 'Bluetooth' },
  '08': { name: 'UHF' },
  '09': { name: 'Aadhaar' },
  '10': { name: 'SDK' },
  '11': { name: 'mandate', flow: 'mandate' },
  '12': { name: 'inward remittance', flow: 'bank' },
  '13': { name: 'mandate by static secure QR code', flow: 'mandate', secure: true },
  '14': { name: 'restricted', flow: 'bank' },
  '15': { name: 'dynamic QR code', flow: 'dynamic-qr' },
  '16': { name: 'dynamic secure QR code', flow: 'dynamic-qr', secure: true },
  '17': { name: 'mandate by dynamic secure QR code', flow: 'mandate', secure: true },
  '18': { name: 'ATM QR code', flow: 'atm' },
  '19': { name: 'online static QR code', flow: 'qr' },
  '20': { name: 'online static secure QR code', flow: 'qr', secure: true },
  '21': { name: 'mandate by online static QR code', flow: 'mandate' },
  '22': { name: 'online dynamic QR code', flow: 'dynamic-qr' },
  '23': { name: 'online dynamic secure QR code', flow: 'dynamic-qr', secure: true },
  '24': { name: 'mandate by online dynamic secure QR code', flow: 'mandate', secure: true },
} as const satisfies Record<string, { name: string; flow?: Flow; secure?: true }>

/** NPCI's purpose codes (juspay.io/upi-consumer-stack, resources/purpose-code). */
export const purposes = {
  '00': { name: 'default' },
  '01': { name: 'public issue of shares', flow: 'mandate' },
  '02': { name: 'mutual fund' },
  '03': { name: 'travel' },
  '04': { name: 'hospitality' },
  '05': { name: 'hospital' },
  '06': { name: 'telecom' },
  '07': { name: 'insurance' },
  '08': { name: 'education' },
  '09': { name: 'gift' },
  '10': { name: 'bill payment' },
  '11': { name: 'global UPI', flow: 'international' },
  '12': { name: 'cash withdrawal by ATM QR code', flow: 'atm' },
  '13': { name: 'cash deposit by ATM QR code', flow: 'atm' },
  '14': { name: 'standing instruction', flow: 'mandate' },
  '15': { name: 'corporate disbursement', flow: 'bank' },
  '20': { name: 'business to business' },
  '25': { name: 'Retail Direct Scheme' },
  '41': { name: 'UPI Lite first top-up', flow: 'upi-lite' },
  '42': { name: 'UPI Lite next top-up', flow: 'upi-lite' },
  '43': { name: 'UPI Lite disabled', flow: 'upi-lite' },
  '44': { name: 'UPI Lite online payment', flow: 'upi-lite' },
  '45': { name: 'UPI Lite offline payment', flow: 'upi-lite' },
  '46': { name: 'UPI Lite transfer out', flow: 'upi-lite' },
  '50': { name: 'UPI Lite disabled at zero balance', flow: 'upi-lite' },
  '59': { name: 'UPI Circle full delegation', flow: 'upi-circle' },
  '60': { name: 'international', flow: 'international' },
  '61': { name: 'international', flow: 'international' },
  '62': { name: 'international', flow: 'international' },
  '63': { name: 'international', flow: 'international' },
  '64': { name: 'international', flow: 'international' },
  '65': { name: 'international', flow: 'international' },
  '66': { name: 'international', flow: 'international' },
  '71': { name: 'UPI Lite automatic top-up', flow: 'upi-lite' },
  '76': { name: 'Reserve Pay', flow: 'reserve-pay' },
  // Specifications name 59 or 87: both are UPI Circle.
  '87': { name: 'UPI Circle delegation', flow: 'upi-circle' },
} as const satisfies Record<string, { name: string; flow?: Flow }>

export type InitiationMode = keyof typeof initiationModes
export type Purpose = keyof typeof purposes
/** With which a debit of a mandate begins, and a code of a mandate that does not name them. */
export const mandateCodes = { mode: '11', purpose: '14' } as const satisfies Record<string, string>

export const originKinds = [
  'app',
  'qr',
  'picture',
  'intent',
  'request',
  'schedule',
  'mandate',
  'refund',
  'network',
] as const
/**
 * What a payment came from. `app`: the person filled in the form; `picture`: a QR code that was not in front of the
 * camera, but in a picture that somebody may have sent; `network`: another app began it.
 */
export const Origin = Type.Object(
  {
    kind: Type.Enum([...originKinds]),
    id: Type.Optional(Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9._-]+$' })),
  },
  { additionalProperties: false },
)

export const InitiationMode = Type.Enum(Object.keys(initiationModes) as InitiationMode[])
export const Purpose = Type.Enum(Object.keys(purposes) as Purpose[])
export const Mcc = Type.String({
  pattern: '^[0-9]{4}$',
  description: 'Merchant category code, ISO 18245; 0000 is a person.',
  examples: ['5411'],
})
/** Of somebody who is no person. */
export const MerchantCategory = Type.String({
  pattern: '^(?!0000)[0-9]{4}$',
  description: 'Merchant category code, ISO 18245.',
  examples: ['5411'],
})
/** UPI's `tr`: the order that a merchant's QR code or link names. */
const referencePattern = '^[A-Za-z0-9._-]{4,35}$'
export const Reference = Type.String({ pattern: referencePattern, maxLength: 35 })
export const isReference = (text: string): boolean => new RegExp(referencePattern).test(text)

/** UPI's `url`, sent as `Txn.refUrl`: where the payee describes the order. Nobody has checked it. */
const infoUrlPattern = '^https://[!-~]{1,27}$'
export const InfoUrl = Type.String({
  pattern: infoUrlPattern,
  maxLength: 35,
  description: 'Where the payee describes the order, such as its invoice; unchecked.',
  examples: ['https://shop.example/17'],
})
export const isInfoUrl = (text: string): boolean =>
  new RegExp(infoUrlPattern).test(text) && URL.canParse(text)

/** As it is stored: of another app's payment any two digits, also those that are not listed here. */
const Code = Type.String({ pattern: '^[0-9]{2}$' })
export const Initiation = Type.Object(
  {
    mode: Code,
    purpose: Code,
    reference: Type.Optional(Reference),
    infoUrl: Type.Optional(InfoUrl),
    mcc: Mcc,
    origin: Origin,
  },
  { additionalProperties: false },
)
export type Initiation = Static<typeof Initiation>

/** As a client sends it: what it leaves out has its default. */
export const InitiationInput = Type.Partial(
  Type.Object({ ...Initiation.properties, mode: InitiationMode, purpose: Purpose }),
  { additionalProperties: false },
)
export type InitiationInput = Static<typeof InitiationInput>

export const defaultInitiation: Initiation = {
  mode: '00',
  purpose: '00',
  mcc: '0000',
  origin: { kind: 'app' },
}

export function isDefaultInitiation(initiation: Initiation): boolean {
  const { mode, purpose, reference, infoUrl, mcc, origin } = initiation
  const isPlain = mode === '00' && purpose === '00' && mcc === '0000'
  const saysNothing = reference === undefined && infoUrl === undefined
  return isPlain && saysNothing && origin.kind === 'app' && origin.id === undefined
}

/** Why no payment of a person can begin so: the field and a sentence. Undefined: it can. */
export function initiationFault(
  initiation: Initiation,
): { field: keyof Initiation; message: string } | undefined {
  const { mode, purpose, reference, mcc, origin } = initiation
  const byMode = flowOf(initiationModes, mode)
  const byPurpose = flowOf(purposes, purpose)
  const notHere = (flow: Flow | undefined) =>
    flow !== undefined && !['qr', 'dynamic-qr', 'mandate', 'atm'].includes(flow)
  if (notHere(byMode)) return { field: 'mode', message: `mode ${mode} is not open to a person's payment` }
  if (notHere(byPurpose))
    return { field: 'purpose', message: `purpose ${purpose} is not open to a person's payment` }
  if ((byPurpose === 'atm') !== (byMode === 'atm'))
    return { field: 'purpose', message: 'purposes 12 and 13 go with mode 18, and mode 18 with one of them' }
  if (byPurpose === 'mandate' && byMode !== 'mandate')
    return { field: 'purpose', message: `purpose ${purpose} goes with the mode of a mandate` }
  if ((byMode === 'mandate') !== (origin.kind === 'mandate'))
    return { field: 'origin', message: 'the mode of a mandate goes with a mandate as origin' }
  if (byMode === 'dynamic-qr' && reference === undefined)
    return { field: 'reference', message: `mode ${mode} needs the reference that the QR code names` }
  const isQr = byMode === 'qr' || byMode === 'dynamic-qr' || byMode === 'atm'
  if ((origin.kind === 'qr' || origin.kind === 'picture') && !isQr)
    return { field: 'origin', message: `mode ${mode} is not that of a QR code` }
  if (origin.kind === 'intent' && !isIntentMode(mode))
    return { field: 'origin', message: `mode ${mode} is not that of an intent` }
  if (['request', 'schedule', 'mandate', 'refund'].includes(origin.kind) && origin.id === undefined)
    return { field: 'origin', message: `an origin of kind ${origin.kind} needs its id` }
  if (origin.kind === 'network') return { field: 'origin', message: 'only the network begins such a payment' }
  if (mcc === '0000' && purpose === '20')
    return { field: 'mcc', message: 'purpose 20 is between businesses: it needs the category of the payee' }
  return undefined
}

/** Of a link that another app opened. */
export const isIntentMode = (mode: string): boolean => mode === '04' || mode === '05'

/** Whether a code or link of this mode must be signed. */
export function isSecureMode(mode: string): boolean {
  if (!Object.hasOwn(initiationModes, mode)) return false
  const found: { name: string; secure?: true } = initiationModes[mode as InitiationMode]
  return found.secure === true
}

/** The order that such a payment is for, by its payee's reference: it is paid once. Undefined: it is for none. */
export function orderReferenceOf({
  mode,
  reference,
}: Pick<Initiation, 'mode' | 'reference'>): string | undefined {
  return flowOf(initiationModes, mode) === 'dynamic-qr' ? reference : undefined
}

/** Of a mandate's code that is agreed to once. */
export const isDynamicMandateMode = (mode: string): boolean => mode === '17' || mode === '24'

/** The reference of an order that only one mandate is made for; undefined: the code may be agreed to by many. */
export function mandateReferenceOf({
  mode,
  reference,
}: Pick<InitiationInput, 'mode' | 'reference'>): string | undefined {
  return mode !== undefined && isDynamicMandateMode(mode) ? reference : undefined
}

/** With which the debits of a mandate begin that was made by a code; those of another one have the usual codes. */
export function debitCodesOf({
  mode = mandateCodes.mode,
  purpose = mandateCodes.purpose,
  reference,
}: Pick<InitiationInput, 'mode' | 'purpose' | 'reference'> = {}): Pick<
  Initiation,
  'mode' | 'purpose' | 'reference'
> {
  return {
    // A link that another app opened was an intent; its debits are not.
    mode: flowOf(initiationModes, mode) === 'mandate' ? mode : mandateCodes.mode,
    purpose,
    ...(reference === undefined ? {} : { reference }),
  }
}

export function flowOf(codes: Record<string, { name: string; flow?: Flow }>, code: string): Flow | undefined {
  return Object.hasOwn(codes, code) ? codes[code]?.flow : undefined
}

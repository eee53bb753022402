// A client of the public API, like an app: for the seed, the demo, the tests and the benchmarks.
import { setTimeout as delay } from 'node:timers/promises'
import * as account from '@bahi/contracts/account.ts'
import type { MandateOperationByPin, PinBlock } from '@bahi/contracts/pin-block.ts'
import * as auth from '@bahi/contracts/auth.ts'
import { createCall, type Call } from '@bahi/contracts/call.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { InitiationInput } from '@bahi/contracts/initiation.ts'
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import { approveMandate, createMandate, type MandateView } from '@bahi/contracts/mandates.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import * as payment from '@bahi/contracts/payment.ts'
import { makeSchedule, type ScheduleView } from '@bahi/contracts/schedules.ts'
import * as sandbox from '@bahi/contracts/sandbox.ts'
import { idForPin } from '@bahi/contracts/umn.ts'
import { deviceKey, type DeviceKey } from './device-key.ts'
import { proveTotp } from './totp.ts'
import { CompactEncrypt, importJWK, type JWK } from 'jose'

export type Send = (url: string, init: RequestInit) => Promise<Response>

/**
 * Calls contracts at a base URL; `token` returns the access token for each call. With a key each call that changes
 * something proves the device; when the services' time was another one, once more.
 */
export function apiAt(
  baseUrl: string,
  token: () => string | undefined = () => undefined,
  send: Send = fetch,
  key?: DeviceKey,
): Call {
  return createCall(async (_contract, request) => {
    const url = `${baseUrl}${request.path}`
    const sendOnce = () =>
      send(url, {
        method: request.method,
        headers: { ...request.headers, ...authorisation(request.method, url, token(), key) },
        ...(request.body === undefined ? {} : { body: request.body }),
      })
    let response = await sendOnce()
    if (key && response.headers.get('www-authenticate')?.startsWith('DPoP')) {
      await response.text()
      key.learnTime(response.headers.get('date'))
      response = await sendOnce()
    }
    return { status: response.status, headers: {}, body: await response.text() }
  })
}

/** The headers that say who asks: of a token that is bound to a key, with a proof of it for what changes something. */
export function authorisation(
  method: string,
  url: string,
  accessToken: string | undefined,
  key: DeviceKey | undefined,
): Record<string, string> {
  const isProven = key !== undefined && method !== 'GET'
  return {
    ...(accessToken ? { authorization: `${key ? 'DPoP' : 'Bearer'} ${accessToken}` } : {}),
    ...(isProven ? { dpop: key.proof({ method, url, accessToken }) } : {}),
  }
}

/** Of `GET /v1/keys`: `bank` says whose PINs a key is for, `*` for all that have none of their own. */
export type PinKey = JWK & { bank?: string }

/** Encrypts a PIN block for the account's bank, as the app does before the PIN leaves the phone. */
export async function sealPin(
  keys: PinKey[],
  block: Omit<PinBlock, 'iat'> & { iat?: number },
  bank = 'BAHI',
): Promise<string> {
  const jwk = keys.find((key) => key.bank === bank) ?? keys.find((key) => key.bank === '*')
  if (!jwk) throw new Error(`there is no key to encrypt the PIN for ${bank}`)
  const plain = new TextEncoder().encode(JSON.stringify({ iat: Math.floor(Date.now() / 1000), ...block }))
  return new CompactEncrypt(plain)
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', ...(jwk.kid ? { kid: jwk.kid } : {}) })
    .encrypt(await importJWK(jwk, 'ECDH-ES'))
}

export type SignedInPerson = {
  phone: string
  name: string
  password: string
  deviceId: string
  userId: string
  /** Of their device; undefined for one that has none, which a sandbox lets in. */
  key: DeviceKey | undefined
  /** Signed in as this person. */
  call: Call
  token(): string
}
export type Customer = SignedInPerson & {
  accountId: string
  bank: string
  vpa: string
  pin: string
  card: { last6: string; expiry: string }
}

/** On a busy machine a message takes seconds. */
const otpTimeoutMs = 60_000

/** The newest one-time code that the sandbox's inbox holds for a phone. */
export async function readOtp(asPublic: Call, phone: string): Promise<string> {
  for (const until = Date.now() + otpTimeoutMs; Date.now() < until;) {
    const { messages } = await asPublic(sandbox.readInbox, { querystring: { to: phone, limit: 10 } })
    const otp = messages.map((m) => /\b(\d{6})\b/.exec(m.text)?.[1]).find((found) => found !== undefined)
    if (otp) return otp
    await delay(100)
  }
  throw new Error(`no one-time code arrived for ${phone}`)
}

/** Requests a one-time code and reads it from the sandbox's inbox. */
export async function freshOtp(asPublic: Call, phone: string, purpose: auth.CodePurpose): Promise<string> {
  await asPublic(auth.requestOtp, { body: { phone, purpose } })
  return readOtp(asPublic, phone)
}

type Who = {
  phone: string
  name: string
  password: string
  deviceId?: string
  /** Signs in without a key, as curl does: its tokens are good for whoever has them, and each sign-in takes a code. */
  isKeyless?: boolean
  /** Of a member of staff, whose second factor is proven at once. */
  totpSecret?: string
}

export async function register(baseUrl: string, who: Who, send: Send = fetch): Promise<SignedInPerson> {
  const { deviceId, key } = deviceOf(who)
  const asPublic = apiAt(baseUrl, undefined, send, key)
  const otp = await freshOtp(asPublic, who.phone, 'register')
  const device = { id: deviceId, name: 'A phone' }
  const { phone, name, password } = who
  return signedIn(
    baseUrl,
    { ...who, deviceId, key },
    await asPublic(auth.register, { body: { phone, otp, name, password, device } }),
    send,
  )
}

/** Signs in; on a device that is new, by a one-time code from the inbox as well; staff with its second factor. */
export async function login(baseUrl: string, who: Who, send: Send = fetch): Promise<SignedInPerson> {
  const { deviceId, key } = deviceOf(who)
  const asPublic = apiAt(baseUrl, undefined, send, key)
  const body = { phone: who.phone, password: who.password, device: { id: deviceId, name: 'A phone' } }
  const tokens = await asPublic(auth.login, { body }).catch(async (error: unknown) => {
    if ((error as { code?: string }).code !== 'otp-required') throw error
    return asPublic(auth.login, { body: { ...body, otp: await freshOtp(asPublic, who.phone, 'sign-in') } })
  })
  const person = signedIn(baseUrl, { ...who, deviceId, key }, tokens, send)
  if (who.totpSecret !== undefined) await proveTotp(person.call, who.totpSecret)
  return person
}

function deviceOf({ phone, deviceId = `device-${phone.slice(-4)}`, isKeyless = false }: Who) {
  return { deviceId, key: isKeyless ? undefined : deviceKey(`${phone} ${deviceId}`) }
}

function signedIn(
  baseUrl: string,
  who: Who & { deviceId: string; key: DeviceKey | undefined },
  tokens: { userId: string; accessToken: string },
  send: Send,
): SignedInPerson {
  const token = () => tokens.accessToken
  return { ...who, userId: tokens.userId, token, call: apiAt(baseUrl, token, send, who.key) }
}

/** A bank account opened, linked, with a PIN and a UPI ID: ready to pay. */
export async function becomeCustomer(
  human: SignedInPerson,
  {
    vpa,
    pin,
    balancePaise,
    bank = 'BAHI',
    ...business
  }: { vpa: string; pin: string; balancePaise: number; bank?: string; mcc?: string },
): Promise<Customer> {
  const { call, phone, name } = human
  const opened = await call(sandbox.openAccount, { body: { phone, bank, balancePaise, name, ...business } })
  const linked = await call(account.linkAccount, { body: { bank, accountRef: opened.accountRef } })
  await choosePin(human, linked.id, opened.card, pin, bank)
  await call(account.createVpa, { body: { vpa, accountId: linked.id } })
  return { ...human, accountId: linked.id, bank, vpa, pin, card: opened.card }
}

/** Sets the PIN with the debit card and a one-time code. */
export async function choosePin(
  human: SignedInPerson,
  accountId: string,
  card: { last6: string; expiry: string },
  pin: string,
  bank?: string,
): Promise<void> {
  const otp = await freshOtp(human.call, human.phone, 'set-pin')
  const block = await sealPin(await pinKeys(human.call), { pin, purpose: 'set-pin', accountId }, bank)
  await human.call(account.setPin, {
    params: { id: accountId },
    body: { card: { last6: card.last6, expiry: card.expiry }, otp, pin: block },
  })
}

export async function pinKeys(call: Call): Promise<PinKey[]> {
  return (await call(account.pinKeys, {})).keys as PinKey[]
}

export type PaymentInput = {
  payeeVpa: string
  amountPaise: number
  note?: string
  id?: string
  pin?: string
  initiation?: InitiationInput
  /** The code that is paid, instead of `initiation`. */
  code?: string
  /** Of the request from another app that is paid. */
  txnId?: string | undefined
}

/** Pays as the app does: an id of its own, the PIN encrypted for just this payment. */
export async function pay(
  payer: Customer,
  order: PaymentInput,
  keys?: PinKey[],
): Promise<payment.PaymentView> {
  const id = order.id ?? uuidv7()
  const { payeeVpa, amountPaise, note, initiation, code, txnId } = order
  const about = { purpose: 'pay', paymentId: id, amountPaise, payeeVpa } as const
  const block = { pin: order.pin ?? payer.pin, ...about, ...(txnId === undefined ? {} : { txnId }) }
  const pin = await sealPin(keys ?? (await pinKeys(payer.call)), block, payer.bank)
  return payer.call(payment.pay, {
    params: { id },
    body: {
      ...{ payerVpa: payer.vpa, payeeVpa, amountPaise, pin },
      ...(note === undefined ? {} : { note }),
      ...(initiation === undefined ? {} : { initiation }),
      ...(code === undefined ? {} : { code }),
    },
  })
}

/** Plans a payment of every day from today on, which can be paid a moment later. */
export function planDaily(payer: Customer, payeeVpa: string, amountPaise: number): Promise<ScheduleView> {
  const plan = { payerVpa: payer.vpa, payeeVpa, amountPaise, recurrence: 'DAILY' as const }
  const body = { ...plan, startsOn: istDateOf(new Date()) }
  return payer.call(makeSchedule, { params: { id: uuidv7() }, body })
}

/** Gives a mandate, with the PIN. Left out: every month, tomorrow first, for a year; its first debit is announced. */
export async function giveMandate(
  payer: Customer,
  payeeVpa: string,
  { name, ...some }: Partial<MandateTerms> & { name: string },
): Promise<MandateView> {
  const id = uuidv7()
  const validFrom = addDays(istDateOf(new Date()), 1)
  const monthly = { recurrence: 'MONTHLY', dayRule: { type: 'ON', day: Number(validFrom.slice(8)) } } as const
  const terms: MandateTerms = {
    ...{ amountRule: 'EXACT', amountPaise: 199_00, revocable: true, blockFunds: false },
    ...{ ...(some.recurrence === undefined ? monthly : { recurrence: some.recurrence }), validFrom },
    ...{ validTo: addDays(validFrom, 365), ...some },
  }
  const pin = await pinForMandate(payer, 'create', { id, payeeVpa, terms })
  return payer.call(createMandate, {
    params: { id },
    body: { payerVpa: payer.vpa, payeeVpa, name, terms, pin },
  })
}

/** Agrees with the PIN to a mandate that the payer was asked for. */
export async function agreeToMandate(
  payer: Customer,
  { id, payee, terms }: MandateView,
): Promise<MandateView> {
  const pin = await pinForMandate(payer, 'create', { id, payeeVpa: payee.vpa, terms })
  return payer.call(approveMandate, { params: { id }, body: { pin } })
}

export async function pinForMandate(
  { call, pin, bank }: Customer,
  operation: MandateOperationByPin,
  { payeeVpa, terms, ...named }: { id: string; umn?: string; payeeVpa: string; terms: MandateTerms },
  iat?: number,
): Promise<string> {
  const [mandateId, { amountPaise }] = [idForPin(named), terms]
  const block = { pin, purpose: 'mandate', operation, mandateId, amountPaise, payeeVpa } as const
  return sealPin(await pinKeys(call), { ...block, ...(iat === undefined ? {} : { iat }) }, bank)
}

export async function showBalance(customer: Customer): Promise<number> {
  const { accountId, bank, pin } = customer
  const block = await sealPin(await pinKeys(customer.call), { pin, purpose: 'balance', accountId }, bank)
  return (await customer.call(account.balance, { params: { id: accountId }, body: { pin: block } }))
    .balancePaise
}

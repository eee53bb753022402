// Paying: the way to the PIN, each way that it can end, and that a lost answer never makes a second payment.
import { listAccounts, listVpas, resolveVpa } from '@bahi/contracts/account.ts'
import { pay, showPayment } from '@bahi/contracts/payment.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { screen, waitFor } from '@testing-library/react'
import { compactDecrypt } from 'jose'
import { beforeEach, expect, test } from 'vitest'
import { openAttempts } from '../../payments/payment-attempts.ts'
import { callsOf, openApp, stub } from '../../testing.tsx'
import { bankKey, payRavi, paymentOf, stillOpen, stubPaying } from '../../payments/testing.tsx'

beforeEach(stubPaying)

test('a UPI ID is typed, an amount, and the PIN is sent encrypted for this payment only', async () => {
  stub(pay, (sent) => paymentOf(sent))
  const { user, address } = await openApp('/pay')
  await user.type(await screen.findByLabelText('UPI ID or mobile number'), 'Ravi@bahi')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await screen.findByRole('img', { name: 'Verified bank name' })
  expect(address()).toBe('/pay/ravi%40bahi')
  // Nobody has to find the field first.
  await user.keyboard('1')
  for (const key of ['2', '3', '4', '5', '6', 'Decimal point', '5']) {
    await user.click(screen.getByRole('button', { name: key }))
  }
  expect(screen.getByLabelText('Amount')).toHaveProperty('value', '1,23,456.5')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  expect(screen.getByRole('alert').textContent).toContain('₹1,00,000')
  await user.clear(screen.getByLabelText('Amount'))
  await user.type(screen.getByLabelText('Amount'), '1234.50')
  await user.type(screen.getByLabelText('Add a note'), 'Chai')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await screen.findByText('₹1,234.50')
  await user.click(screen.getByRole('button', { name: 'Enter UPI PIN' }))
  await screen.findByRole('group', { name: 'UPI PIN for Bahi Bank' })
  await user.keyboard('4072{Backspace}1{Enter}')
  await screen.findByRole('heading', { name: 'Payment successful' })

  const [sent, ...more] = callsOf(pay)
  expect(more).toEqual([])
  const { id } = sent!.params
  const { pin, ...content } = sent!.body
  expect(content).toEqual({
    payerVpa: 'asha@bahi',
    payeeVpa: 'ravi@bahi',
    amountPaise: 1_234_50,
    note: 'Chai',
  })
  const { plaintext } = await compactDecrypt(pin, bankKey.privateKey)
  expect(JSON.parse(new TextDecoder().decode(plaintext))).toMatchObject({
    ...{ pin: '4071', purpose: 'pay', paymentId: id, amountPaise: 1_234_50, payeeVpa: 'ravi@bahi' },
  })
  expect(address()).toBe(`/pay/result/${id}`)
  expect(document.body.textContent).toContain('632709000001')
  expect(await screen.findByRole('button', { name: 'Share' })).toBeTruthy()
  expect(openAttempts()).toEqual([])
  const kept = JSON.stringify([document.body.innerHTML, { ...localStorage }])
  expect(kept.replaceAll(id, '')).not.toContain('4071')
})

test('a lost answer is asked for with the same id and content, and nothing is offered to pay again', async () => {
  let times = 0
  stub(pay, (sent) => (++times < 3 ? new Problem('timeout') : paymentOf(sent)))
  await payRavi()
  await screen.findByRole('heading', { name: 'Checking payment status' })
  expect(screen.queryByRole('link', { name: /again/i })).toBeNull()
  expect(screen.queryByRole('button', { name: /again/i })).toBeNull()
  expect(openAttempts()).toHaveLength(1)
  await screen.findByRole('heading', { name: 'Payment successful' })
  const sent = callsOf(pay)
  expect(sent).toHaveLength(3)
  expect(sent).toEqual([sent[0], sent[0], sent[0]])
  expect(openAttempts()).toEqual([])
})

test('while it is pending the money is safe, and the screen follows until it is final', async () => {
  stub(pay, (sent) => paymentOf(sent, stillOpen))
  let isOver = false
  stub(showPayment, ({ params }) =>
    paymentOf({ params, body: { amountPaise: 250_00 } }, isOver ? {} : stillOpen),
  )
  await payRavi()
  await screen.findByRole('heading', { name: 'Payment pending' })
  expect(document.body.textContent).toContain('Your money is safe')
  expect(document.body.textContent).toContain('24 Nov 2026')
  expect(screen.queryByRole('link', { name: /again/i })).toBeNull()
  isOver = true
  await screen.findByRole('heading', { name: 'Payment successful' })
})

test('a wrong PIN says how many tries are left, and leads back with amount and note', async () => {
  const failure = { code: 'ZM', message: 'The UPI PIN is wrong. No money has moved.', triesLeft: 2 }
  stub(pay, (sent) => paymentOf(sent, { status: 'failed', failure }))
  const { user, address } = await payRavi()
  await screen.findByRole('heading', { name: 'Payment failed' })
  expect(screen.getByText('2 attempts left')).toBeTruthy()
  await user.click(screen.getByRole('link', { name: 'Try again' }))
  expect(address()).toBe('/pay/ravi%40bahi?am=250.00&tn=Chai&from=asha@bahi')
  expect(await screen.findByLabelText('Amount')).toHaveProperty('value', '250')
})

test('who goes back after a payment begins anew, with the amount', async () => {
  stub(pay, (sent) => paymentOf(sent))
  const { goBack } = await payRavi()
  await screen.findByRole('heading', { name: 'Payment successful' })
  await goBack()
  expect(await screen.findByLabelText('Amount')).toHaveProperty('value', '250')
  expect(screen.queryByRole('button', { name: 'Enter UPI PIN' })).toBeNull()
})

test('a refused request was not paid', async () => {
  stub(pay, () => new Problem('bank-unreachable', 'nothing was paid, try again in a while'))
  const { user, address } = await payRavi()
  await screen.findByRole('heading', { name: 'Payment not made' })
  expect(callsOf(pay)).toHaveLength(1)
  expect(openAttempts()).toEqual([])
  await user.click(screen.getByRole('link', { name: 'Edit payment' }))
  expect(address()).toContain('/pay/ravi%40bahi?am=250')
})

test('a fixed amount is not to be changed, and there is no pad for it', async () => {
  await openApp('/pay/shop%40sandbox?am=99.50&fixed=1&tn=Bill%2042')
  expect(await screen.findByLabelText('Amount')).toMatchObject({ value: '99.50', readOnly: true })
  expect(screen.getByLabelText('Add a note')).toHaveProperty('value', 'Bill 42')
  expect(screen.queryByRole('group', { name: 'Amount keypad' })).toBeNull()
})

test('the least amount of a code is held, and its order travels with the payment', async () => {
  stub(pay, (sent) => paymentOf(sent))
  const { user } = await openApp('/pay/ravi%40bahi?am=500.00&mam=300.00&tr=ORD-17&mc=5411&mode=01')
  const amount = await screen.findByLabelText('Amount')
  expect(screen.getByText('At least ₹300')).toBeTruthy()
  await user.clear(amount)
  await user.type(amount, '1')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  expect(screen.getByRole('alert').textContent).toBe('At least ₹300')
  await user.clear(amount)
  await user.type(amount, '300')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await user.click(await screen.findByRole('button', { name: 'Enter UPI PIN' }))
  await screen.findByRole('group', { name: 'UPI PIN for Bahi Bank' })
  await user.keyboard('4071{Enter}')
  await screen.findByRole('heading', { name: 'Payment successful' })
  expect(callsOf(pay)[0]!.body).toMatchObject({
    amountPaise: 300_00,
    initiation: { mode: '01', reference: 'ORD-17', mcc: '5411', origin: { kind: 'qr' } },
  })
})

test('what is pasted as an amount is one, or refused', async () => {
  const { user } = await openApp('/pay/ravi%40bahi')
  const amount = await screen.findByLabelText('Amount')
  const pasteOver = async (text: string) => {
    await user.tripleClick(amount)
    await user.paste(text)
    return (amount as HTMLInputElement).value
  }
  expect(await pasteOver('Rs.1,250.50')).toBe('1,250.50')
  for (const text of ['500-1000', '5,50', '1 lakh', '1e3']) {
    expect(await pasteOver(text)).toBe('1,250.50')
    expect(screen.getByRole('alert').textContent).toContain('That is not one amount')
  }
  expect(await pasteOver('५००')).toBe('500')
  expect(screen.queryByRole('alert')).toBeNull()
})

test.each([
  ['?am=1e3&fixed=1', 'The amount in this QR code isn’t valid'],
  ['?am=50&mam=99', 'below its own minimum'],
  ['?am=1&am=2', 'contradicts itself'],
])('an address with %s is not paid', async (search, text) => {
  await openApp(`/pay/ravi%40bahi${search}`)
  expect(await screen.findByText(text, { exact: false })).toBeTruthy()
  expect(screen.queryByLabelText('Amount')).toBeNull()
  expect(screen.getByRole('link', { name: 'Pay without it' }).getAttribute('href')).toBe('/pay/ravi%40bahi')
})

test('an account by its number is paid by the reference that its bank knows', async () => {
  const vpa = '019a-b@bahi0000001.ifsc.npci'
  stub(resolveVpa, () => ({ vpa, name: 'Ravi Kumar', kind: 'person' as const, verified: true }))
  const { address } = await openApp('/pay/501234567890%40BAHI0000001.ifsc.npci?am=5.00&fixed=1')
  expect(await screen.findByLabelText('Amount')).toMatchObject({ value: '5', readOnly: true })
  expect(address()).toBe(`/pay/${encodeURIComponent(vpa)}?am=5.00&fixed=1`)
})

test('an unknown UPI ID and an unreachable bank are reported before anything is typed', async () => {
  stub(
    resolveVpa,
    ({ params }) => new Problem(params.vpa === 'nobody@bahi' ? 'not-found' : 'bank-unreachable'),
  )
  const { goTo } = await openApp('/pay/nobody%40bahi')
  await screen.findByText('UPI ID not found')
  await goTo('/pay/someone%40away')
  await screen.findByText('Their bank isn’t responding')
  expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy()
})

test('without an account there is a way to link one, in Hindi too', async () => {
  stub(listAccounts, () => ({ accounts: [] }))
  stub(listVpas, () => ({ vpas: [] }))
  await openApp('/pay/ravi%40bahi', { language: 'hi' })
  const link = await screen.findByRole('link', { name: 'बैंक खाते देखें' })
  await waitFor(() => expect(link.getAttribute('href')).toBe('/accounts'))
})

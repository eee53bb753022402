// Scanned codes: each fault gets its own answer, before the PIN and at payment, and an order is paid once.
import { readFileSync } from 'node:fs'
import type { Input } from '@bahi/contracts/call.ts'
import { readUndated } from '@bahi/contracts/codes/read-code.ts'
import { upiLink } from '@bahi/contracts/codes/upi-link.ts'
import { withOrgId, withSignature } from '@bahi/contracts/codes/signed-link.ts'
import type { pay } from '@bahi/contracts/payment.ts'
import { showPayment } from '@bahi/contracts/payment.ts'
import { readQr } from '@bahi/contracts/qr.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { mandateCodeTools, mandateTools } from '../mandates/testing.ts'
import { refusal, wrongPin, type TestPerson } from '../testing.ts'
import { createSwitchTestSetup } from '../testing-switch.ts'
import { createPictureDecoder, sizeOf } from './decode-picture.ts'
import { signerOf } from './verify-code.ts'

type Switch = Awaited<ReturnType<typeof createSwitchTestSetup>>
let net: Switch
let setup: Switch['setup']
let shop: TestPerson
let payer: TestPerson
beforeAll(async () => {
  net = await createSwitchTestSetup(inject('postgresUrl'))
  ;({ setup } = net)
  ;[shop, payer] = [setup.newPerson(), setup.newPerson()]
})
afterEach(async () => {
  net.onSwitch.down = false
  expect(await setup.inconsistencies()).toEqual([])
})
afterAll(() => setup.stop())

let orders = 0
const infoUrl = 'https://shop.example/17'
/** A link of one order of the shop; signed unless it is not to be. */
function order({ reference = `ORD-${++orders}`, lastsS = 480, isSigned = true, orgId = '200001' } = {}) {
  const expiresAt = new Date(setup.clock.now().getTime() + lastsS * 1_000).toISOString()
  const mode = isSigned ? '16' : '15'
  const initiation = { mode, reference, infoUrl } as const
  const link = upiLink({ vpa: shop.vpa, name: 'Shop', amountPaise: 9_900, expiresAt, initiation })
  const signed = withOrgId(link, orgId)
  return isSigned ? withSignature(signed, setup.codes.sign(signed)) : link
}
const read = (text: string) => setup.platform.person(payer)(readQr, { body: { text } })
const payBy = (code: string, more: Partial<Input<typeof pay>['body']> & { id?: string } = {}, by = payer) =>
  setup.payAs(by, shop, { amountPaise: 9_900, code, ...more })

describe('a code', () => {
  it('that is right says its order and who signed it, and is paid as it says', async () => {
    const code = order()
    expect(await read(` ${code}\n`)).toMatchObject({
      kind: 'pay',
      text: code,
      order: { vpa: shop.vpa, amountPaise: 9_900, initiation: { mode: '16', infoUrl } },
      signer: { orgId: '200001', name: 'Other PSP' },
    })
    const paid = await payBy(code)
    expect(paid).toMatchObject({
      status: 'settled',
      initiation: { mode: '16', infoUrl, reference: `ORD-${orders}` },
    })
    const seen = await setup.platform.person(shop)(showPayment, { params: { id: paid.id } })
    expect(seen.initiation).toMatchObject({ infoUrl, reference: `ORD-${orders}` })
  })

  it('without a signature is read as one that nobody vouches for', async () => {
    const found = await read(order({ isSigned: false }))
    expect([found.kind, found.signer]).toEqual(['pay', undefined])
  })

  it.each<[what: string, code: () => string, problem: string]>([
    ['that says it is signed, and is not', () => order().replace(/&sign=.*/, ''), 'code-unsigned'],
    ['with another payee’s name than was signed', () => order().replace('pn=Shop', 'pn=Bank'), 'code-forged'],
    [
      'with its parameters in another order',
      () => order().replace(/(&am=[^&]*)(&cu=INR)/, '$2$1'),
      'code-forged',
    ],
    ['with another spelling of the same', () => order().replace('pa=', 'PA='), 'code-forged'],
    [
      'with the signature of another one',
      () => order().replace(/&sign=.*/, order().match(/&sign=.*/)![0]),
      'code-forged',
    ],
    ['with more behind its signature', () => `${order()}&tn=x`, 'code-forged'],
    ['with two signatures', () => order().replace(/(&sign=.*)/, '$1$1'), 'code-forged'],
    ['with no Base64 as a signature', () => order().replace(/&sign=.*/, '&sign=%E0'), 'code-forged'],
    ['of a stranger', () => order({ orgId: '200009' }), 'code-signer-unknown'],
    ['whose time is over', () => order({ lastsS: 0 }), 'code-expired'],
    ['without a payee', () => 'upi://pay?am=99.00', 'code-invalid'],
  ])('%s is refused before the PIN and at payment', async (_, code, problem) => {
    expect(await refusal(read(code()))).toBe(problem)
    const before = setup.balances.get(payer.party.accountId)
    expect(await refusal(payBy(code()))).toBe(problem)
    expect(setup.balances.get(payer.party.accountId)).toBe(before)
  })

  it.each([
    ['a web address', 'https://shop.example/x', { kind: 'web', host: 'shop.example' }],
    ['a request to collect', 'upi://collect?pa=a@b', { kind: 'other-upi' }],
    ['a text', 'hello', { kind: 'no-payment' }],
  ])('that is %s is no payment', async (_, text, is) => {
    expect(await read(text)).toEqual({ ...is, text })
    expect(await refusal(payBy(text))).toBe('code-invalid')
  })

  it.each([
    ['before', '2026-01-01T00:00:00Z', 'code-signer-unknown'],
    ['in', '2026-02-01T00:00:00Z', undefined],
    ['after', '2026-03-01T00:00:00Z', 'code-signer-unknown'],
  ])('is verified by a key %s its time', (_, at, problem) => {
    const { orgId, name, keys } = setup.codes.signer
    const times = { from: '2026-01-15T00:00:00Z', to: '2026-02-15T00:00:00Z' }
    const known = [{ orgId, name, keys: [{ ...keys[0]!, ...times }] }]
    const found = { orgId, signed: 'x', signature: setup.codes.sign('x') }
    const verify = () => signerOf(known, found, new Date(at))
    if (problem === undefined) expect(verify()).toEqual({ orgId, name })
    else expect(verify).toThrow(expect.objectContaining({ code: problem }) as Error)
  })
})

describe('at payment', () => {
  it('another amount than was signed is refused, though the code says it too', async () => {
    const code = order().replace('am=99.00', 'am=1.00')
    expect(await refusal(payBy(code, { amountPaise: 100 }))).toBe('code-forged')
  })

  it.each<[what: string, more: Partial<Input<typeof pay>['body']>]>([
    ['another amount', { amountPaise: 9_901 }],
    ['another payee', { payeeVpa: 'ramesh@ganga' }],
    ['an initiation beside it', { initiation: { mode: '01' } }],
  ])('%s than the code says is refused', async (_, more) => {
    expect(await refusal(payBy(order(), more))).toBe('request-invalid')
  })

  it('a secure mode needs its code', async () => {
    const initiation = { mode: '16', reference: 'ORD-1000' } as const
    expect(await refusal(setup.payAs(payer, shop, { initiation }))).toBe('code-unsigned')
    expect(await refusal(setup.payAs(payer, shop, { initiation: { mode: '05' } }))).toBe('code-unsigned')
  })

  it('the same payment again is the same one, though its code has expired and its order is paid', async () => {
    const [code, id] = [order(), setup.newId()]
    const paid = await payBy(code, { id })
    setup.clock.advance(600_000)
    expect(await payBy(code, { id })).toEqual(paid)
    expect(await refusal(payBy(code))).toBe('code-expired')
  })
})

describe('an order', () => {
  it('that is paid is not paid again, and says so', async () => {
    const code = order()
    await payBy(code)
    expect(await refusal(read(code))).toBe('code-paid')
    expect(await refusal(payBy(code))).toBe('code-paid')
    expect(await refusal(payBy(code, {}, setup.newPerson()))).toBe('code-paid')
  })

  it('is paid once by fifty people at once', async () => {
    const code = order()
    const before = setup.balances.get(shop.party.accountId)!
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () =>
        payBy(code, {}, setup.newPerson()).then(
          ({ status }) => status as string,
          (error: { code: string }) => error.code,
        ),
      ),
    )
    expect(outcomes.filter((one) => one === 'settled')).toHaveLength(1)
    expect(outcomes.every((one) => ['settled', 'code-paid', 'wrong-state'].includes(one))).toBe(true)
    expect(setup.balances.get(shop.party.accountId)! - before).toBe(9_900)
  })

  it('stays payable whatever a stranger writes into a payment that is not signed', async () => {
    const [signed, plain] = [
      order({ reference: 'INV-1001' }),
      order({ reference: 'INV-1002', isSigned: false }),
    ]
    const stranger = setup.newPerson()
    for (const reference of ['INV-1001', 'INV-1002'])
      await setup.payAs(stranger, shop, { amountPaise: 1, initiation: { mode: '15', reference } })
    await setup.payAs(stranger, shop, {
      amountPaise: 9_900,
      initiation: { mode: '15', reference: 'INV-1001' },
    })
    for (const code of [signed, plain]) {
      expect((await read(code)).kind).toBe('pay')
      expect((await payBy(code)).status).toBe('settled')
      expect(await refusal(payBy(code))).toBe('code-paid')
    }
  })

  it('whose payment failed, or did not begin, can be paid', async () => {
    const code = order()
    expect(await payBy(code, { pin: wrongPin })).toMatchObject({ status: 'failed', failure: { code: 'ZM' } })
    const large = { amountPaise: 90_00_000_00 }
    const dear = upiLink({ vpa: shop.vpa, ...large, initiation: { mode: '15', reference: 'DEAR-1' } })
    for (let n = 0; n < 2; n++)
      expect(await payBy(dear, large)).toMatchObject({ status: 'failed', failure: { code: 'Z8' } })
    expect(await read(code)).toMatchObject({ kind: 'pay' })
    expect(await payBy(code)).toMatchObject({ status: 'settled' })
  })

  it('of the network is not paid again while its first payment is open', async () => {
    const code = upiLink({
      ...{ vpa: 'ramesh@ganga', amountPaise: 500 },
      initiation: { mode: '15', reference: 'NET-1', infoUrl },
    })
    const wanted = { amountPaise: 500, code }
    const id = setup.newId()
    const first = setup.payAs(payer, { vpa: 'ramesh@ganga' }, { id, ...wanted })
    const request = await net.started(id)
    expect(request.txn).toMatchObject({ initiationMode: '15', refId: 'NET-1', refUrl: infoUrl })
    expect(await refusal(setup.payAs(payer, { vpa: 'ramesh@ganga' }, wanted))).toBe('wrong-state')
    await net.deliver(net.replyTo(request, { result: 'FAILURE', errCode: 'U31', respCode: 'YF' }))
    expect((await first).status).toBe('failed')
    const [again, secondId] = [setup.newId(), setup.newId()]
    const second = setup.payAs(payer, { vpa: 'ramesh@ganga' }, { id: again, ...wanted })
    await net.deliver(net.replyTo(await net.started(again), { result: 'SUCCESS' }))
    expect((await second).status).toBe('settled')
    const third = setup.payAs(payer, { vpa: 'ramesh@ganga' }, { id: secondId, ...wanted })
    expect(await refusal(third)).toBe('code-paid')
  })

  it('of ours that another app pays is paid once too', async () => {
    const reference = 'IN-1'
    const asks = (n: number) => {
      const txnId = `GNG${String(n).padStart(32, '0')}`
      const amount = { curr: 'INR', value: '99.00' } as const
      const party = (addr: string) => ({ addr, name: 'X', type: 'PERSON', code: '0000', amount }) as const
      const txn = {
        ...{
          id: txnId,
          custRef: String(n).padStart(12, '0'),
          ts: setup.clock.now().toISOString(),
          type: 'PAY' as const,
        },
        ...{ initiationMode: '15', refId: reference, refUrl: infoUrl },
      } as const
      return {
        ...({ api: 'ReqAuthDetails', txn, head: net.headOf() } as const),
        ...{ payer: party('gita@ganga'), payee: party(shop.vpa) },
      }
    }
    const answers = async (n: number) => {
      const request = asks(n)
      await net.deliver(request)
      const sent = () => net.sentOf('RespAuthDetails', request.txn.id)
      await setup.until(() => sent().length > 0)
      return (sent()[0] as { resp: { result: string; errCode?: string } }).resp
    }
    expect(await answers(1)).toMatchObject({ result: 'SUCCESS' })
    expect(await answers(2)).toMatchObject({ result: 'FAILURE', errCode: 'YG' })
  })
})

describe('a mandate code', () => {
  const { termsOf, show } = mandateTools(() => setup)
  const { ask, agree } = mandateCodeTools(
    () => setup,
    () => ({ shop, payer }),
  )

  it('says what it asks for and who signed it, and is agreed to as it says', async () => {
    const asked = ask()
    expect(await read(asked.code)).toMatchObject({
      ...{ kind: 'mandate', text: asked.code, signer: { orgId: '200001', name: 'Other PSP' } },
      mandate: {
        vpa: shop.vpa,
        name: 'Music',
        terms: asked.terms,
        initiation: { mode: '17', purpose: '14' },
      },
    })
    const made = await agree(asked)
    expect(made).toMatchObject({
      ...{ status: 'active', presentedBy: 'payee', terms: asked.terms, reference: asked.reference },
    })
    expect(await show(shop, made)).toMatchObject({ direction: 'payee', reference: asked.reference })
    setup.clock.advance(600_000)
    expect((await agree(asked, { id: made.id })).id).toBe(made.id)
    expect(await refusal(agree(asked))).toBe('code-expired')
  })

  it('without a signature is one that nobody vouches for, and agreed to by many', async () => {
    const asked = ask({ isSigned: false })
    const found = await read(asked.code)
    expect([found.kind, found.signer]).toEqual(['mandate', undefined])
    for (const by of [payer, setup.newPerson()])
      expect(await agree(asked, { by })).toMatchObject({ status: 'active', reference: asked.reference })
  })

  it.each<[what: string, code: () => string, problem: string]>([
    ['of another amount than was signed', () => ask().code.replace('am=500', 'am=900'), 'code-forged'],
    [
      'of another day than was signed',
      () => ask().code.replace(/validityend=\d+/, 'validityend=01012030'),
      'code-forged',
    ],
    ['that says it is signed, and is not', () => ask().code.replace(/&sign=.*/, ''), 'code-unsigned'],
    ['whose time is over', () => ask({ lastsS: 0 }).code, 'code-expired'],
    ['of no amount', () => ask().code.replace(/&am=[^&]*/, ''), 'code-invalid'],
    ['of a payment', () => order(), 'code-invalid'],
  ])('%s is refused', async (_, code, problem) => {
    const reading = readUndated(code())
    const terms = reading.kind === 'mandate' ? reading.order.terms : termsOf()
    expect(await refusal(agree({ ...ask(), terms, code: code() }, { terms }))).toBe(problem)
    if (problem !== 'code-invalid') expect(await refusal(read(code()))).toBe(problem)
  })

  it.each<[what: string, more: () => Parameters<typeof agree>[1]]>([
    ['more', () => ({ terms: { ...ask().terms, amountPaise: 500_01 } })],
    ['less', () => ({ terms: { ...ask().terms, amountPaise: 499_99 } })],
    ['another day', () => ({ terms: { ...ask().terms, dayRule: { type: 'ON', day: 31 } } })],
    ['somebody else', () => ({ payeeVpa: setup.newPerson().vpa })],
    ['something else', () => ({ name: 'Rent' })],
  ])('is not agreed to for %s than it says', async (_, more) => {
    expect(await refusal(agree(ask(), more()))).toBe('request-invalid')
  })

  it('that is signed for one order is agreed to by one of twenty at once, and again after a wrong PIN', async () => {
    const asked = ask()
    expect(await agree(asked, { pin: wrongPin })).toMatchObject({ status: 'failed', code: 'ZM' })
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        agree(asked, { by: setup.newPerson() }).then(
          ({ status }) => status as string,
          (error: { code: string }) => error.code,
        ),
      ),
    )
    expect(outcomes.filter((one) => one === 'active')).toHaveLength(1)
    expect(outcomes.filter((one) => one === 'code-used')).toHaveLength(19)
    expect(await refusal(read(asked.code))).toBe('code-used')
    expect(await agree(ask({ isSigned: false, reference: asked.reference }))).toMatchObject({
      status: 'active',
    })
  })
})

describe('a picture', () => {
  const picture = (name: string) =>
    readFileSync(new URL(`./testing/${name}`, import.meta.url)).toString('base64')
  const readerBy = (script: string, limitMs: number) => {
    const whole = `import{parentPort as port}from"node:worker_threads";${script};port.postMessage("ready")`
    const decode = createPictureDecoder({ thread: new URL(`data:text/javascript,${whole}`), limitMs })
    return { read: () => decode(Buffer.from(picture('code.png'), 'base64')), close: decode.close }
  }
  const readPicture = (given: string) => setup.platform.person(payer)(readQr, { body: { picture: given } })

  it.each(['first', 'second', 'third'])('of a code is read, the %s by the same thread too', async () => {
    expect(await readPicture(picture('code.png'))).toMatchObject({
      kind: 'pay',
      order: { vpa: 'asha@bahi', amountPaise: 25_000, initiation: { origin: { kind: 'picture' } } },
    })
  })

  it.each([
    ['without a code', () => picture('blank.png')],
    ['that is none', () => Buffer.from('hello').toString('base64')],
    ['that is cut off', () => picture('code.png').slice(0, 200)],
    ['of a billion points', () => withSize(picture('code.png'), 32_000, 32_000)],
    ['that lies about its size', () => withSize(picture('code.png'), 10, 10)],
  ])('%s is refused', async (_, given) => {
    expect(await refusal(readPicture(given()))).toBe('code-invalid')
  })

  it('that is larger than a request may be is refused', async () => {
    expect(await refusal(readPicture('A'.repeat(60_004)))).toBe('request-invalid')
  })

  it('that takes too long ends, and the next one is read', async () => {
    const slow = readerBy('port.on("message",()=>{for(;;);})', 100)
    for (const _ of [1, 2]) await expect(slow.read()).rejects.toMatchObject({ code: 'code-invalid' })
    await slow.close()
  })

  it('has all its time, however long the thread that reads it takes to start', async () => {
    const starts = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)),0,0,1500)'
    const late = readerBy(`${starts};port.on("message",()=>port.postMessage(["a"]))`, 1_000)
    expect(await late.read().finally(late.close)).toEqual(['a'])
  })

  it('says its size in its header', () => {
    const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffc00011080064012c03', 'hex')
    expect(sizeOf(jpeg)).toEqual({ width: 300, height: 100 })
    expect(sizeOf(Buffer.from('ffd8ffc4', 'hex'))).toBeUndefined()
    expect(sizeOf(Buffer.alloc(0))).toBeUndefined()
  })
})

/** The header of a PNG with another size. */
function withSize(base64: string, width: number, height: number): string {
  const bytes = Buffer.from(base64, 'base64')
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes.toString('base64')
}

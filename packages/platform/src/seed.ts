// The demo people: registered through the public API on the first start of a sandbox.
import { grantRole } from '@bahi/contracts/roles.ts'
import type { Call } from '@bahi/contracts/call.ts'
import { createVpa, linkAccount } from '@bahi/contracts/account.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { StaffRole } from '@bahi/contracts/permissions.ts'
import { makeRequest } from '@bahi/contracts/requests.ts'
import { openAccount, requestFromOutside } from '@bahi/contracts/sandbox.ts'
import { mandateInOtherApp } from '@bahi/contracts/sandbox-ports.ts'
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import { requestMandate } from '@bahi/contracts/mandates.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { seedKyc } from './seed-kyc.ts'
import {
  becomeCustomer,
  choosePin,
  giveMandate,
  login,
  pay,
  pinKeys,
  register,
  type Customer,
  type SignedInPerson,
} from './api-client.ts'
import { demoTotpSecret } from './totp.ts'

const password = 'khata-kholo-2026'

/** Well-known on purpose: they exist in sandboxes only. The last one is a merchant. */
export const demoPeople = [
  {
    name: 'Asha Rao',
    phone: '+919876500001',
    password,
    vpa: 'asha@bahi',
    pin: '4071',
    balancePaise: 52_340_00,
  },
  {
    name: 'Ravi Kumar',
    phone: '+919876500002',
    password,
    vpa: 'ravi@bahi',
    pin: '4072',
    balancePaise: 18_900_50,
  },
  {
    name: 'Meera Iyer',
    phone: '+919876500003',
    password,
    vpa: 'meera@bahi',
    pin: '4073',
    balancePaise: 1_25_000_00,
  },
  {
    name: 'Kabir Singh',
    phone: '+919876500004',
    password,
    vpa: 'kabir@bahi',
    pin: '4074',
    balancePaise: 7_450_25,
  },
  {
    name: 'Surabhi Dairy',
    phone: '+919876500005',
    password,
    vpa: 'surabhi@bahi',
    pin: '4075',
    balancePaise: 36_800_00,
    mcc: '5451',
  },
] as const

type StaffMember = {
  name: string
  phone: string
  password: string
  totpSecret: string
  roles: [StaffRole, ...StaffRole[]]
}

const secrets = { password, totpSecret: demoTotpSecret }

/** The platform's own people. Two administrators and risk analysts, because a grant of a role and a freeze take two. */
export const demoStaff = [
  {
    ...{ name: 'Omana Operator', phone: '+919876500008', ...secrets },
    roles: ['operator', 'support', 'risk-analyst', 'reconciler'],
  },
  { name: 'Anil Auditor', phone: '+919876500009', ...secrets, roles: ['auditor'] },
  { name: 'Kavita Menon', phone: '+919876500010', ...secrets, roles: ['kyc-reviewer', 'risk-analyst'] },
  { name: 'Aditi Shah', phone: '+919876500011', ...secrets, roles: ['administrator'] },
  { name: 'Arjun Das', phone: '+919876500012', ...secrets, roles: ['administrator'] },
] as const satisfies StaffMember[]

const history: [payer: number, payee: number, amountPaise: number, note: string][] = [
  [0, 1, 250_00, 'Chai and samosa'],
  [1, 2, 799_00, 'Mobile recharge'],
  [2, 0, 1_200_00, 'Dinner, my share'],
  [3, 0, 99_50, 'Bus'],
  [0, 3, 450_00, 'Cricket kit'],
  [2, 1, 2_350_00, 'Rent of the bikes'],
  [0, 4, 184_00, 'Curd and paneer'],
]

/**
 * @param asSandbox calls internal routes as the sandbox: it alone may hand out roles, and only in a sandbox
 * @param hasFiles whether files are kept: without them there is no KYC
 */
export async function seed(baseUrl: string, asSandbox: Call, hasFiles: boolean): Promise<void> {
  const people: Customer[] = []
  for (const one of demoPeople) {
    const { vpa, pin, balancePaise } = one
    const business = 'mcc' in one ? { mcc: one.mcc } : {}
    people.push(
      await becomeCustomer(await registerNew(baseUrl, one), { vpa, pin, balancePaise, ...business }),
    )
  }
  const keys = await pinKeys(people[0]!.call)
  for (const [payer, payee, amountPaise, note] of history) {
    const paid = await pay(people[payer]!, { payeeVpa: people[payee]!.vpa, amountPaise, note }, keys)
    if (paid.status !== 'settled')
      throw new Error(`a payment of the seed ended as ${paid.status} ${paid.failure?.code}`)
  }
  await askAsha(people)
  await askForSubscription(people[4]!, people[0]!)
  await giveMandate(people[0]!, people[1]!.vpa, { name: 'Newspaper' })
  await subscribeInOtherApp(people[2]!)
  for (const one of demoStaff) {
    const human = await register(baseUrl, one)
    const { totpSecret } = one
    for (const role of one.roles)
      await asSandbox(grantRole, { params: { userId: human.userId }, body: { role, totpSecret } })
    if ((one.roles as readonly StaffRole[]).includes('kyc-reviewer') && hasFiles)
      await seedKyc(people[0]!.call, people[1]!.call, (await login(baseUrl, one)).call)
  }
}

/** What waits for her answer: a request of Ravi, and one of somebody who uses another app. */
async function askAsha([asha, ravi]: Customer[]): Promise<void> {
  const body = { payerVpa: asha!.vpa, amountPaise: 180_00, note: 'Lunch, your share' }
  await ravi!.call(makeRequest, { params: { id: uuidv7() }, body: { ...body, payeeVpa: ravi!.vpa } })
  const gita = { phone: '+919876500021', name: 'Gita Sharma', bank: 'GANG', balancePaise: 25_000_00 }
  const { vpa } = await asha!.call(openAccount, { body: gita })
  const other = { payeeVpa: vpa!, payerVpa: asha!.vpa, amountPaise: 640_00, note: 'Cinema' }
  await asha!.call(requestFromOutside, { body: other })
}

/** What AutoPay looks like before somebody agrees to it. */
async function askForSubscription(merchant: Customer, payer: Customer): Promise<void> {
  const validFrom = istDateOf(new Date())
  const terms: MandateTerms = {
    ...{
      amountRule: 'MAX',
      amountPaise: 499_00,
      recurrence: 'ASPRESENTED',
      revocable: true,
      blockFunds: false,
    },
    ...{ validFrom, validTo: addDays(validFrom, 365) },
  }
  await merchant.call(requestMandate, {
    params: { id: uuidv7() },
    body: { payeeVpa: merchant.vpa, payerVpa: payer.vpa, name: 'Milk, every morning', terms },
  })
}

/** Meera has an account at another bank too, and AutoPay of it in that bank's app, which she can move here. */
async function subscribeInOtherApp({ call, phone, name, pin, vpa, ...meera }: Customer): Promise<void> {
  const opened = await call(openAccount, { body: { phone, bank: 'GANG', balancePaise: 42_000_00, name } })
  const { id } = await call(linkAccount, { body: { bank: 'GANG', accountRef: opened.accountRef } })
  await choosePin({ ...meera, call, phone, name }, id, opened.card, pin, 'GANG')
  await call(createVpa, { body: { vpa: vpa.replace('@', '.ganga@'), accountId: id } })
  const validFrom = istDateOf(new Date())
  const terms: MandateTerms = {
    ...{
      amountRule: 'MAX',
      amountPaise: 199_00,
      recurrence: 'ASPRESENTED',
      revocable: true,
      blockFunds: false,
    },
    ...{ validFrom, validTo: addDays(validFrom, 365) },
  }
  const body = { payerVpa: opened.vpa!, payeeVpa: 'shop@sandbox', name: 'Music, every month', terms }
  await call(mandateInOtherApp, { body })
}

async function registerNew(baseUrl: string, one: (typeof demoPeople)[number]): Promise<SignedInPerson> {
  return register(baseUrl, one).catch((error: unknown) => {
    if ((error as { code?: string }).code !== 'phone-taken') throw error
    throw new Error('a first start was interrupted among the demo people: npm start -- --fresh starts over')
  })
}

/** The staff is registered last: once the last of them can sign in, seeding is complete. */
export async function isSeeded(baseUrl: string): Promise<boolean> {
  try {
    const { totpSecret: _, ...last } = demoStaff[demoStaff.length - 1]!
    await login(baseUrl, last)
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'credentials-wrong') return false
    throw error
  }
}

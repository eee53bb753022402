// What the demonstrations share: their people, waiting for what comes a moment later, and drawing audit records.
import { listRecords } from '@bahi/contracts/audit.ts'
import { listMessages } from '@bahi/contracts/notification.ts'
import type { Call } from '@bahi/contracts/call.ts'
import { login, type Customer } from '@bahi/platform/api-client.ts'
import { demoPeople, demoStaff } from '@bahi/platform/seed.ts'

export const [asha, ravi] = [demoPeople[0], demoPeople[1]]

/** Asha as a customer who pays, Ravi, and an auditor. */
export async function signIn(url: string) {
  const [payer, payee, auditor] = [
    await login(url, asha),
    await login(url, ravi),
    await login(url, demoStaff[1]),
  ]
  const customer = { ...payer, bank: 'BAHI', vpa: asha.vpa, pin: asha.pin } as Customer
  return { customer, payee, auditor }
}

/** Due work, messages of the network and events arrive a moment later. */
export async function retried<T>(read: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let tries = 0; tries < 60; tries++) {
    const found = await read()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return undefined
}

/** The audit records about it, once there are so many. */
export async function showEvents(call: Call, subject: string, atLeast: number): Promise<void> {
  const records = await retried(async () => {
    const found = await call(listRecords, { querystring: { subject, limit: 50 } })
    return found.records.length >= atLeast ? found.records.toReversed() : undefined
  })
  for (const { seq, type, at } of records ?? [])
    console.log(`   ${String(seq).padStart(6)}  ${type.padEnd(34)} ${at}`)
}

/** The person's newest messages in the app that are about it. */
export async function showMessages(
  call: Call,
  isAbout: (data: Record<string, unknown>) => boolean,
): Promise<void> {
  const { notifications } = await call(listMessages, { querystring: { limit: 20 } })
  for (const { text, data } of notifications.toReversed()) if (isAbout(data)) console.log(`   ${text}`)
}

// What faults of the drill of alerts are made of.
import { setTimeout as delay } from 'node:timers/promises'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { listPayments } from '@bahi/contracts/payment.ts'
import { makeRequest } from '@bahi/contracts/requests.ts'
import { rabbitBus } from '@bahi/kit/bus/rabbit-bus.ts'
import { platformQueues } from '@bahi/kit/events/consume.ts'
import { createLog } from '@bahi/kit/log.ts'
import { createOutages } from '@bahi/kit/outages.ts'
import type { Sql, Tx } from '@bahi/kit/sql/sql.ts'
import { pay } from '@bahi/platform/api-client.ts'
import type { AlertScene } from './alert-scene.ts'

export type AlertFault = {
  name: string
  alerts: string[]
  /** It is there as the drill begins: `begin` only gives what ends it. */
  isFromStart?: true
  /** Its alerts fire whatever there is: nothing makes them, and nothing ends them. */
  isAlways?: true
  begin(scene: AlertScene): Promise<() => Promise<unknown>>
}

export const days = (n: number) => n * 86_400_000
export const ignored = () => undefined

/** Runs it again and again, so many at once, until it is ended. */
export function keepDoing(
  atOnce: number,
  pauseMs: number,
  run: (nth: number) => Promise<unknown>,
): () => Promise<void> {
  let isOver = false
  const loops = Array.from({ length: atOnce }, async (_, nth) => {
    while (!isOver) {
      await run(nth).catch(ignored)
      await delay(pauseMs)
    }
  })
  return async () => {
    isOver = true
    await Promise.all(loops)
  }
}

/** Holds what a transaction locks until it is ended. */
export async function holdLock(sql: Sql, lock: (tx: Tx) => Promise<unknown>): Promise<() => Promise<void>> {
  const [locked, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const held = sql
    .begin(async (tx) => {
      await tx`set local idle_in_transaction_session_timeout = 0`
      await lock(tx)
      locked.resolve()
      await over.promise
    })
    .catch(locked.reject)
  await locked.promise
  return async () => {
    over.resolve()
    await held
  }
}

export const readHistory = ({ customers }: AlertScene, nth: number) =>
  customers[nth % customers.length]!.call(listPayments, { querystring: {} })

/** Each pays the next one. */
export async function payOnce({ customers }: AlertScene, nth: number, payeeVpa?: string): Promise<unknown> {
  const payer = customers[nth % customers.length]!
  const payee = customers[(nth + 1) % customers.length]!
  return pay(payer, { payeeVpa: payeeVpa ?? payee.vpa, amountPaise: 1_00 })
}

export async function askOnce({ customers }: AlertScene, nth: number): Promise<unknown> {
  const [payee, payer] = [customers[nth % customers.length]!, customers[(nth + 1) % customers.length]!]
  const body = { payeeVpa: payee.vpa, payerVpa: payer.vpa, amountPaise: 1_00 }
  return payee.call(makeRequest, { params: { id: uuidv7() }, body })
}

export const busAt = (url: string) => {
  const log = createLog('drill', 'silent')
  return rabbitBus(url, { log, outages: createOutages(log), queues: platformQueues, declares: false })
}

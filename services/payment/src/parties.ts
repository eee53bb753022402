// Who pays whom, asked from account and auth: many UPI IDs in one call, each time anew.
import { resolveParties, type Party } from '@bahi/contracts/transfers.ts'
import { personOf } from '@bahi/contracts/auth.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { batch } from '@bahi/kit/batch.ts'
import type { Person } from '@bahi/kit/http.ts'
import type { Deps } from '@bahi/kit/service.ts'
import type { KnownParty, Party as PaymentParty } from './payment.ts'
import { remember } from './remember.ts'

const maxVpas = 500
const maxInFlight = 4
const remembered = { ttlMs: 30_000, maxEntries: 10_000 }

/** Since when a person and the device in their hand are known; a device that auth does not know has no time. */
export type Acquaintance = { registeredAt: Date; deviceBoundAt?: Date }

/** Who cannot be found because the network does not answer. */
export const unreachable = Symbol('unreachable')
export type Found = Party | typeof unreachable | undefined

export type Parties = {
  /** Both are asked anew, in one call for many: a PIN set or a UPI ID moved a second ago counts. */
  payer(vpa: string): Promise<Found>
  payee(vpa: string): Promise<Found>
  acquaintance(person: Pick<Person, 'userId' | 'deviceId'>): Promise<Acquaintance>
  idle(): Promise<void>
}

export function createParties(deps: Pick<Deps, 'call' | 'clock'>): Parties {
  const resolve = batch<string, Found>(
    async (vpas) => {
      const asked = await deps.call(resolveParties, { body: { vpas: [...new Set(vpas)] } })
      const found = new Map<string, Found>([
        ...asked.parties.map((party) => [normaliseVpa(party.vpa), party] as const),
        ...asked.unreachable.map((vpa) => [normaliseVpa(vpa), unreachable] as const),
      ])
      return vpas.map((vpa) => found.get(vpa))
    },
    { maxItems: maxVpas, maxInFlight },
  )
  const acquaintance = remember<Acquaintance>(deps.clock, remembered, async (key) => {
    const [userId, deviceId] = JSON.parse(key) as [string, string]
    const { createdAt, deviceBoundAt } = await deps.call(personOf, {
      params: { userId },
      querystring: { deviceId },
    })
    return {
      registeredAt: new Date(createdAt),
      ...(deviceBoundAt ? { deviceBoundAt: new Date(deviceBoundAt) } : {}),
    }
  })
  return {
    payer: resolve,
    payee: resolve,
    acquaintance: async ({ userId, deviceId }) => (await acquaintance(JSON.stringify([userId, deviceId])))!,
    idle: () => resolve.idle(),
  }
}

/** What a payment keeps of a payer. */
export function payerIn(party: Party, userId: string): KnownParty {
  const { vpa, name, accountId, bank, maskedNumber } = party
  if (accountId === undefined) throw new Error(`a payer of ours has an account: ${vpa}`)
  const masked = maskedNumber === undefined ? {} : { maskedNumber }
  return { vpa: normaliseVpa(vpa), name, userId, accountId, bank, ...masked }
}

/** What a payment keeps of a payee; of one whom nobody knows, the UPI ID. */
export function payeeIn(vpa: string, party: Party | undefined): PaymentParty {
  if (!party) return { vpa, name: vpa }
  const { name, userId, accountId, bank, maskedNumber } = party
  return {
    ...{ vpa, name, bank },
    ...(accountId === undefined ? {} : { accountId }),
    ...(maskedNumber === undefined ? {} : { maskedNumber }),
    ...(userId === undefined ? {} : { userId }),
  }
}

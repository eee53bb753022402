// Who pays whom, asked from account and auth: many UPI IDs in one call, each time anew.
import { resolveVpas, type ResolvedVpa } from '@bahi/contracts/transfers.ts'
import { accountTenures } from '@bahi/contracts/auth.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { batch, type BatchInterval } from '@bahi/kit/batch.ts'
import type { Person } from '@bahi/kit/http/http.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { KnownParty, Party as PaymentParty } from './payment.ts'
import { remember } from './bounded-cache.ts'

const maxVpas = 500
const maxPeople = 500
const maxInFlight = 2
const remembered = { ttlMs: 30_000, maxEntries: 10_000 }

/** Since when a person and the device in their hand are known; a device that auth does not know has no time. */
export type Acquaintance = { registeredAt: Date; deviceBoundAt?: Date }

type Holder = Pick<Person, 'userId' | 'deviceId'>
const keyOf = ({ userId, deviceId }: Holder) => `${userId.toLowerCase()} ${deviceId}`
/** An id has no blank in it, whatever a device is called. */
function holderIn(key: string): Holder {
  const at = key.indexOf(' ')
  return { userId: key.slice(0, at), deviceId: key.slice(at + 1) }
}

/** Who cannot be found because the network does not answer. */
export const unreachable = Symbol('unreachable')
export type Found = ResolvedVpa | typeof unreachable | undefined

export type Parties = {
  /** Both are asked anew, in one call for many: a PIN set or a UPI ID moved a second ago counts. */
  payer(vpa: string): Promise<Found>
  payee(vpa: string): Promise<Found>
  /** Throws `not-found`. */
  acquaintance(holder: Holder): Promise<Acquaintance>
  idle(): Promise<void>
}

export function createParties(deps: Pick<Deps, 'call' | 'clock'>, gather: BatchInterval): Parties {
  const resolve = batch<string, Found>(
    async (vpas) => {
      const asked = await deps.call(resolveVpas, { body: { vpas: [...new Set(vpas)] } })
      const found = new Map<string, Found>([
        ...asked.parties.map((party) => [normaliseVpa(party.vpa), party] as const),
        ...asked.unreachable.map((vpa) => [normaliseVpa(vpa), unreachable] as const),
      ])
      return vpas.map((vpa) => found.get(vpa))
    },
    { maxItems: maxVpas, maxInFlight, interval: gather },
  )
  const ask = batch<Holder, Acquaintance>(
    async (holders) => {
      const { people } = await deps.call(accountTenures, { body: { people: holders } })
      const found = new Map(people.map((one) => [keyOf(one), one]))
      return holders.map((holder) => {
        const one = found.get(keyOf(holder))
        if (!one) return new Problem('not-found', 'there is no such person')
        return {
          registeredAt: new Date(one.createdAt),
          ...(one.deviceBoundAt ? { deviceBoundAt: new Date(one.deviceBoundAt) } : {}),
        }
      })
    },
    { maxItems: maxPeople, maxInFlight },
  )
  const acquaintance = remember<Acquaintance>(deps.clock, remembered, (key) => ask(holderIn(key)))
  return {
    payer: resolve,
    payee: resolve,
    acquaintance: async (holder) => (await acquaintance(keyOf(holder)))!,
    idle: async () => {
      await Promise.all([resolve.idle(), ask.idle()])
    },
  }
}

/** What a payment keeps of a payer. */
export function payerIn(party: ResolvedVpa, userId: string): KnownParty {
  const { vpa, name, accountId, bank, maskedNumber } = party
  if (accountId === undefined) throw new Error(`a payer of ours has an account: ${vpa}`)
  const masked = maskedNumber === undefined ? {} : { maskedNumber }
  return { vpa: normaliseVpa(vpa), name, userId, accountId, bank, ...masked }
}

/** What a payment keeps of a payee; of one whom nobody knows, the UPI ID. */
export function payeeIn(vpa: string, party: ResolvedVpa | undefined): PaymentParty {
  if (!party) return { vpa, name: vpa }
  const { name, userId, accountId, bank, maskedNumber } = party
  return {
    ...{ vpa, name, bank },
    ...(accountId === undefined ? {} : { accountId }),
    ...(maskedNumber === undefined ? {} : { maskedNumber }),
    ...(userId === undefined ? {} : { userId }),
  }
}

// Resolves who pays whom: asks account about UPI IDs and auth about people, many in one call.
import { accountTenures } from '@bahi/contracts/auth.ts'
import { accountIn, normaliseVpa } from '@bahi/contracts/formats.ts'
import { numberIn } from '@bahi/contracts/number-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { resolveVpas, type ResolvedVpa } from '@bahi/contracts/transfers.ts'
import { cachedBy } from '@bahi/kit/cache/bounded-map.ts'
import { batch, type BatchInterval } from '@bahi/kit/batch.ts'
import type { Person } from '@bahi/kit/http/http.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { invalidField } from './client-input.ts'
import type { Payer, PaymentParty } from './payment.ts'

const maxVpas = 500
const maxPeople = 500
const maxInFlight = 2
const tenureCache = { ttlMs: 30_000, maxEntries: 10_000 }

/** Since when the person is registered, and the device bound; a device that auth does not know has no time. */
export type AccountTenure = { registeredAt: Date; deviceBoundAt?: Date }

type Holder = Pick<Person, 'userId' | 'deviceId'>
const keyOf = ({ userId, deviceId }: Holder) => `${userId.toLowerCase()} ${deviceId}`
/** A user id contains no blank, whatever a device is called. */
function holderIn(key: string): Holder {
  const at = key.indexOf(' ')
  return { userId: key.slice(0, at), deviceId: key.slice(at + 1) }
}

/** The network does not answer who has this UPI ID. */
export const unreachable = Symbol('unreachable')
export type ResolvedParty = ResolvedVpa | typeof unreachable | undefined

/**
 * Throws `request-invalid` for an account by its number, which is nowhere stored, and a UPI number of ours that leads
 * nowhere.
 */
export function checkStorable(path: string, vpa: string, party: ResolvedVpa | undefined): void {
  const named = accountIn(vpa)
  if (named && party && party.accountRef.toLowerCase() !== named.accountRef)
    throw invalidField(path, 'names an account by its number: use the UPI ID that resolving it gives')
  if (numberIn(vpa) !== undefined && !party)
    throw invalidField(path, 'is a UPI number: use the UPI ID that resolving it gives')
}

export type PartyResolver = {
  /** Never cached: a PIN that was set or a UPI ID that moved a second ago counts. */
  payer(vpa: string): Promise<ResolvedParty>
  payee(vpa: string): Promise<ResolvedParty>
  /** Throws `not-found`. */
  tenure(holder: Holder): Promise<AccountTenure>
  idle(): Promise<void>
}

export function createPartyResolver(
  deps: Pick<Deps, 'call' | 'clock'>,
  interval: BatchInterval,
): PartyResolver {
  const resolve = batch<string, ResolvedParty>(
    async (vpas) => {
      const answer = await deps.call(resolveVpas, { body: { vpas: [...new Set(vpas)] } })
      const byVpa = new Map<string, ResolvedParty>([
        ...answer.parties.map((party) => [normaliseVpa(party.vpa), party] as const),
        ...answer.unreachable.map((vpa) => [normaliseVpa(vpa), unreachable] as const),
      ])
      return vpas.map((vpa) => byVpa.get(vpa))
    },
    { name: 'resolve UPI IDs', maxItems: maxVpas, maxInFlight, interval },
  )
  const readTenure = batch<Holder, AccountTenure>(
    async (holders) => {
      const { people } = await deps.call(accountTenures, { body: { people: holders } })
      const byHolder = new Map(people.map((person) => [keyOf(person), person]))
      return holders.map((holder) => {
        const person = byHolder.get(keyOf(holder))
        if (!person) return new Problem('not-found', 'there is no such person')
        return {
          registeredAt: new Date(person.createdAt),
          ...(person.deviceBoundAt ? { deviceBoundAt: new Date(person.deviceBoundAt) } : {}),
        }
      })
    },
    { name: 'read tenures', maxItems: maxPeople, maxInFlight },
  )
  const tenure = cachedBy<AccountTenure>(deps.clock, tenureCache, (key) => readTenure(holderIn(key)))
  return {
    payer: resolve,
    payee: resolve,
    tenure: async (holder) => (await tenure(keyOf(holder)))!,
    idle: async () => {
      await Promise.all([resolve.idle(), readTenure.idle()])
    },
  }
}

/** What a payment stores of its payer. */
export function payerIn(party: ResolvedVpa, userId: string): Payer {
  const { vpa, name, accountId, bank, maskedNumber } = party
  if (accountId === undefined) throw new Error(`the payer's account is missing: ${vpa}`)
  const masked = maskedNumber === undefined ? {} : { maskedNumber }
  return { vpa: normaliseVpa(vpa), name, userId, accountId, bank, ...masked }
}

/** What a payment stores of its payee; of an unknown one, the UPI ID. */
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

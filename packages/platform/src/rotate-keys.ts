// Replaces keys of `secrets.json` in three steps. After each, processes are restarted one after the other, and those of
// before and after it accept each other.
import { generateServiceKeys, publicKeysOf } from '@bahi/kit/transport/service-token.ts'
import { listedKeys } from '@bahi/kit/crypto/secret-json.ts'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import type { JWK } from 'jose'
import {
  newNetworkKey,
  newPinKey,
  saveSecrets,
  secretsIn,
  type NextKeys,
  type RotatedKey,
  type Rotations,
  type Secrets,
} from './secrets.ts'

/** Of calls between services, of PINs in transit, of our messages to the network. */
export const rotatedKeys = ['services', 'pins', 'network'] as const satisfies RotatedKey[]

/** 1: the new key is known beside the old one. 2: the new one is used. 3: the old one is gone. */
export type RotationStep = 1 | 2 | 3

type Steps = Record<RotationStep, (secrets: Secrets) => Secrets | Promise<Secrets>>

const steps: Record<RotatedKey, Steps> = {
  services: {
    async 1(secrets) {
      const names = Object.keys(secrets.keys.private) as ServiceName[]
      const next = await generateServiceKeys(names)
      const both = names.map((name) => [
        name,
        [secrets.keys, next].flatMap((keys) => publicKeysOf(keys, name)),
      ])
      return noted(withServiceKeys(secrets, { public: Object.fromEntries(both) }), 'services', {
        step: 1,
        next: { services: next.private },
      })
    },
    2(secrets) {
      const { services } = nextOf(secrets, 'services') as { services: Secrets['keys']['private'] }
      return noted(withServiceKeys(secrets, { private: services }), 'services', { step: 2 })
    },
    3(secrets) {
      const signing = Object.entries(secrets.keys.private).map(([name, { d: _private, ...open }]) => [
        name,
        open,
      ])
      return noted(withServiceKeys(secrets, { public: Object.fromEntries(signing) }), 'services')
    },
  },
  pins: {
    async 1(secrets) {
      return noted(withPinKeys(secrets, [...pinKeysOf(secrets), await newPinKey()]), 'pins', { step: 1 })
    },
    2(secrets) {
      const listed = pinKeysOf(secrets)
      return noted(withPinKeys(secrets, [listed.at(-1)!, ...listed.slice(0, -1)]), 'pins', { step: 2 })
    },
    3: (secrets) => noted(withPinKeys(secrets, pinKeysOf(secrets).slice(0, 1)), 'pins'),
  },
  network: {
    async 1(secrets) {
      const next = await newNetworkKey()
      const both = [...memberKeysOf(secrets), JSON.parse(next.public) as JWK]
      return noted(withEnv(secrets, { BAHI_SANDBOX_MEMBER_KEY: JSON.stringify(both) }), 'network', {
        step: 1,
        next: { network: next.private },
      })
    },
    2(secrets) {
      const { network } = nextOf(secrets, 'network') as { network: string }
      return noted(withEnv(secrets, { BAHI_NETWORK_KEY: network }), 'network', { step: 2 })
    },
    3(secrets) {
      const [current] = memberKeysOf(secrets).slice(-1)
      return noted(withEnv(secrets, { BAHI_SANDBOX_MEMBER_KEY: JSON.stringify(current) }), 'network')
    },
  },
}

/**
 * Does a step, once: repeated, it changes nothing. Throws when another one comes first, so that none is left out.
 * @param folder with the `secrets.json` of a deployment
 */
export async function rotateKeys(folder: string, key: RotatedKey, step: RotationStep): Promise<Secrets> {
  const secrets = await secretsIn(folder)
  const done = secrets.rotations?.[key]?.step ?? 0
  if (step === done || (step === 3 && done === 0)) return secrets
  if (step !== done + 1) throw new Error(`--rotate ${key}: step ${done + 1} comes first`)
  const changed = await steps[key][step](secrets)
  await saveSecrets(folder, changed)
  return changed
}

/** Our public key that the network is told, while it is being replaced. */
export function nextNetworkKey(secrets: Secrets): string | undefined {
  return secrets.rotations?.network?.step === 1 ? JSON.stringify(memberKeysOf(secrets).at(-1)) : undefined
}

function noted(secrets: Secrets, key: RotatedKey, rotation?: Rotations[RotatedKey]): Secrets {
  const { [key]: _before, ...others } = secrets.rotations ?? {}
  return { ...secrets, rotations: { ...others, ...(rotation ? { [key]: rotation } : {}) } }
}

function nextOf({ rotations }: Secrets, key: RotatedKey): NextKeys {
  const next = rotations?.[key]?.next
  if (!next) throw new Error(`secrets.json has lost the next key of ${key}`)
  return next
}

function withServiceKeys(secrets: Secrets, keys: Partial<Secrets['keys']>): Secrets {
  return { ...secrets, keys: { ...secrets.keys, ...keys } }
}

function withEnv(secrets: Secrets, env: Partial<Secrets['env']>): Secrets {
  return { ...secrets, env: { ...secrets.env, ...env } }
}

const pinKeysOf = ({ env }: Secrets) => listedKeys('BAHI_PIN_KEY', env.BAHI_PIN_KEY)
const memberKeysOf = ({ env }: Secrets) => listedKeys('BAHI_SANDBOX_MEMBER_KEY', env.BAHI_SANDBOX_MEMBER_KEY)

/** One key alone has the form that every version reads. */
function withPinKeys(secrets: Secrets, keys: JWK[]): Secrets {
  return withEnv(secrets, { BAHI_PIN_KEY: JSON.stringify(keys.length === 1 ? keys[0] : keys) })
}

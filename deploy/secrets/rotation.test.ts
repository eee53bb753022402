// `npm run secrets -- --rotate`: in each step of a rotation, what processes of before and after it have fits together.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPinKeys } from '@bahi/account/pin/pin-keys.ts'
import { systemClock } from '@bahi/kit/clock.ts'
import { createSigner, createVerifier } from '@bahi/kit/crypto/signed-message.ts'
import { createTrust, keyFaults, type ServiceKeys } from '@bahi/kit/transport/service-token.ts'
import { nextNetworkKey, rotateKeys, type RotationStep } from '@bahi/platform/rotate-keys.ts'
import { secretsIn, type RotatedKey, type Secrets } from '@bahi/platform/secrets.ts'
import { CompactEncrypt, importJWK } from 'jose'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import {
  makeServerSecrets,
  processesOf,
  publicSettings,
  sandboxSettings,
  secretsOf,
} from './process-secrets.ts'

const folders: string[] = []
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-rotation-'))
  folders.push(folder)
})
afterAll(() => Promise.all(folders.map((one) => rm(one, { recursive: true }))))

const servers = makeServerSecrets()
const nowhere = () => 'x:'
const addresses = { database: nowhere, ownersDatabase: nowhere, broker: nowhere, cache: nowhere }

/** The settings of a process as `npm run secrets` writes them. */
function settingsOf(name: string, secrets: Secrets): Record<string, string> {
  const process = processesOf('separate').find((one) => one.name === name)!
  return {
    ...secretsOf(process, secrets, servers, addresses),
    ...publicSettings(secrets),
    ...(name === 'sandbox' ? sandboxSettings(secrets) : {}),
  }
}

function serviceKeysOf(name: 'gateway' | 'account', secrets: Secrets): ServiceKeys {
  const { BAHI_SIGNING_KEYS, BAHI_SERVICE_KEYS } = settingsOf(name, secrets)
  const keys = {
    private: JSON.parse(BAHI_SIGNING_KEYS!),
    public: JSON.parse(BAHI_SERVICE_KEYS!),
  } as ServiceKeys
  expect(keyFaults([name], keys)).toEqual([])
  return keys
}

/** Throws unless the second accepts what the first sends. */
const exchanges: Record<RotatedKey, (from: Secrets, to: Secrets) => Promise<unknown>> = {
  async services(from, to) {
    const token = await createTrust(serviceKeysOf('gateway', from), systemClock).mint('gateway', 'account')
    return createTrust(serviceKeysOf('account', to), systemClock).verify(token, 'account')
  },
  async pins(from, to) {
    const pins = ({ env }: Secrets) => createPinKeys(env.BAHI_PIN_KEY, env.BAHI_PIN_VERIFIER_KEY)
    const { published } = await pins(from)
    const block = await new CompactEncrypt(Buffer.from('1234'))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: published.kid! })
      .encrypt(await importJWK(published, 'ECDH-ES'))
    return (await pins(to)).decrypt(block)
  },
  async network(from, to) {
    const sign = await createSigner(settingsOf('payment', from)['BAHI_NETWORK_KEY']!)
    return (await createVerifier(settingsOf('sandbox', to)['BAHI_SANDBOX_MEMBER_KEY']!))(
      await sign({ api: 'ReqPay' }),
    )
  },
}

describe.each(Object.entries(exchanges) as [RotatedKey, (typeof exchanges)[RotatedKey]][])(
  '%s',
  (key, exchange) => {
    it('are replaced: no step refuses what a process of before or after it sends', async () => {
      const states = [await secretsIn(folder)]
      for (const step of [1, 2, 3] as RotationStep[]) {
        const [before, after] = [states.at(-1)!, await rotateKeys(folder, key, step)]
        for (const from of [before, after]) for (const to of [before, after]) await exchange(from, to)
        expect(await rotateKeys(folder, key, step)).toEqual(after)
        states.push(after)
      }
      const [first, published, used, last] = states as [Secrets, Secrets, Secrets, Secrets]
      expect(await secretsIn(folder)).toEqual(last)
      // What was used in the beginning is refused in the end, and its next key had no use before its time.
      await expect(async () => exchange(first, last)).rejects.toThrow('known here')
      await expect(async () => exchange(last, first)).rejects.toThrow('known here')
      for (const name of ['gateway', 'account', 'payment']) {
        const next = settingsOf(name, used)
        for (const [setting, value] of Object.entries(settingsOf(name, published))) {
          if (value !== next[setting])
            expect(['BAHI_PIN_KEY', 'BAHI_SIGNING_KEYS', 'BAHI_NETWORK_KEY']).toContain(setting)
        }
      }
      // And all of it once more.
      expect((await rotateKeys(folder, key, 1)).rotations?.[key]?.step).toBe(1)
    })

    it.each([
      [[], 2, 1],
      [[1], 3, 2],
      [[1, 2], 1, 3],
    ] as [RotationStep[], RotationStep, RotationStep][])(
      'after steps %j, step %i waits for %i',
      async (done, step, first) => {
        for (const one of done) await rotateKeys(folder, key, one)
        const kept = await secretsIn(folder)
        await expect(rotateKeys(folder, key, step)).rejects.toThrow(`step ${first} comes first`)
        expect(await secretsIn(folder)).toEqual(kept)
      },
    )

    it('has nothing to take away before it began', async () => {
      const secrets = await secretsIn(folder)
      expect(await rotateKeys(folder, key, 3)).toEqual(secrets)
    })
  },
)

it('our next public key is shown for the network, and no private one', async () => {
  expect(nextNetworkKey(await secretsIn(folder))).toBeUndefined()
  const shown = JSON.parse(nextNetworkKey(await rotateKeys(folder, 'network', 1))!) as {
    kid: string
    d?: string
  }
  expect(shown.d).toBeUndefined()
  const { env } = await rotateKeys(folder, 'network', 2)
  expect(JSON.parse(env.BAHI_NETWORK_KEY)).toMatchObject({ kid: shown.kid })
})

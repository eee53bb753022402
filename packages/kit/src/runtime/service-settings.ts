// Settings, seals and blobs of each service of a process, read with every fault at once.
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { createBlobs, type BlobStorage } from '../blobs/blobs.ts'
import type { DataKeySource } from '../crypto/data-keys.ts'
import { createSeal } from '../crypto/seal.ts'
import { configError, faultsOf, loadConfig, settingNames, unknownSettings } from './config.ts'
import type { Env } from './environment.ts'
import type { AnyService } from './service.ts'
import type { Own } from './start-service.ts'

export type ServiceSettings = {
  env: Env
  otherSettings?: readonly string[]
  dataKeys: DataKeySource
  blobs?: BlobStorage | undefined
}

/** Throws one error for the faults of all. */
export async function settingsOf(
  services: AnyService[],
  { env, otherSettings = [], dataKeys, blobs }: ServiceSettings,
): Promise<Map<ServiceName, Own>> {
  const known = services.flatMap((service) => settingNames(service.config))
  const faults = unknownSettings(env, [...known, ...otherSettings])
  const own = new Map<ServiceName, Own>()
  for (const { name, config, sealed } of services) {
    const keys = await dataKeys(name)
    if (!keys && sealed) faults.push(`${name} seals personal data and has no data keys`)
    try {
      own.set(name, {
        config: loadConfig(config, env),
        seal: keys && createSeal(name, keys),
        blobs: keys && blobs && createBlobs(name, keys, blobs),
      })
    } catch (error) {
      faults.push(...faultsOf(error))
    }
  }
  if (faults.length > 0) throw configError([...new Set(faults)])
  return own
}

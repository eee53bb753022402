// Devices without a key: only a sandbox lets them in, so that a payment can be tried with curl.
import { Problem } from '@bahi/contracts/problem.ts'
import type { AuthDeps } from '../deps.ts'

/**
 * Without a key a device is never bound: each sign-in needs a code, and tokens are good for whoever has them. Throws
 * `device-proof-invalid` in production.
 */
export function requireDeviceKey({ mode }: Pick<AuthDeps, 'mode'>, deviceKey: string | undefined): void {
  if (deviceKey === undefined && mode !== 'sandbox')
    throw new Problem('device-proof-invalid', 'send a proof of the device’s key in the header DPoP')
}

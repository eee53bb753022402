// Where each service is loaded from, so that a process loads only those that it runs.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import type { AnyService } from '@bahi/kit/runtime/service.ts'

/** In the order in which they start: the gateway last. */
const modules: Record<ServiceName, () => Promise<{ service: unknown }>> = {
  sandbox: () => import('@bahi/sandbox/app.ts'),
  user: () => import('@bahi/user/app.ts'),
  auth: () => import('@bahi/auth/app.ts'),
  account: () => import('@bahi/account/app.ts'),
  payment: () => import('@bahi/payment/app.ts'),
  notification: () => import('@bahi/notification/app.ts'),
  audit: () => import('@bahi/audit/app.ts'),
  gateway: () => import('@bahi/gateway/app.ts'),
}

export const startOrder = (Object.keys(modules) as ServiceName[]).filter(
  // An installation for real money has no sandbox.
  (name) => name !== 'sandbox' || existsSync(join(import.meta.dirname, '../../../sandbox/src/app.ts')),
)

/** In the order in which they start, whatever the order of the names. */
export async function loadServices(names: readonly ServiceName[]): Promise<AnyService[]> {
  const wanted = startOrder.filter((name) => names.includes(name))
  return Promise.all(wanted.map(async (name) => (await modules[name]()).service as AnyService))
}

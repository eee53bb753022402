// All routes of payments, by name.
import type { Transfer, TransferOutcome } from '@bahi/contracts/transfers.ts'
import type { Batch } from '@bahi/kit/batch.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { networkRoute } from './via-network.ts'
import type { PspMessages } from '../../network/psp-messages.ts'
import { inRoute } from './in.ts'
import { ledgerRoute } from './ledger.ts'
import { outRoute } from './out.ts'
import type { Routes } from './route.ts'
import { throughRoute } from './through.ts'

export function createRoutes(
  deps: Pick<Deps, 'sql' | 'call' | 'clock' | 'log'> & {
    network: PspMessages | undefined
    post: Batch<Transfer, TransferOutcome>
  },
  settings: { recoveryAfterMs: number; timeScale: number },
): { routes: Routes; idle(): Promise<void> } {
  const viaNetwork = networkRoute(deps, settings.timeScale)
  const out = outRoute(deps, viaNetwork)
  return {
    routes: {
      ledger: ledgerRoute(deps, settings),
      out,
      through: throughRoute(deps, viaNetwork),
      in: inRoute(viaNetwork),
    },
    idle: () => out.idle(),
  }
}

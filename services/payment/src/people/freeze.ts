// Freezes the payments of a person, and ends it: under the payer's lock, so that what begins after is refused.
import { freezeInPayment } from '@bahi/contracts/measures.ts'
import type { App } from '@bahi/kit/http/app.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { lockPayers } from '../limits/store.ts'
import { setFrozen } from './store-frozen.ts'

export function freezeRoutes(app: App, { transaction, clock }: Pick<Deps, 'transaction' | 'clock'>): void {
  app.route({
    ...freezeInPayment,
    async handler({ params, body: { frozen } }) {
      const userId = params.userId.toLowerCase()
      await transaction(async (tx) => {
        await lockPayers(tx, [userId])
        await setFrozen(tx, userId, frozen ? clock.now() : null)
      })
      return { userId, frozen }
    },
  })
}

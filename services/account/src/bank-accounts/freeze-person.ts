// Freezes the accounts of a person at our bank for staff, and ends it. The ledger refuses by the status of an account.
import { freezeInAccount } from '@bahi/contracts/measures.ts'
import type { App } from '@bahi/kit/http/http.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { freezeAccountsOf, unfreezeAccountsOf } from './store-frozen.ts'

export function freezeRoutes(app: App, { transaction, clock }: Pick<Deps, 'transaction' | 'clock'>): void {
  app.route({
    ...freezeInAccount,
    async handler({ params, body: { frozen } }) {
      const userId = params.userId.toLowerCase()
      await transaction((tx) =>
        frozen ? freezeAccountsOf(tx, userId, clock.now()) : unfreezeAccountsOf(tx, userId),
      )
      return { userId, frozen }
    },
  })
}

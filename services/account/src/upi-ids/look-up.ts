// Staff find who has a UPI ID, and see accounts and UPI IDs of a person, masked.
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import * as contracts from '@bahi/contracts/person-look-up.ts'
import { maskVpa } from '@bahi/contracts/personal-data.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { App } from '@bahi/kit/http/http.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { linkedAccounts } from '../bank-accounts/store.ts'
import { ownerOfVpa, vpasOf } from './store.ts'

type LookUpDeps = Pick<Deps, 'sql'>

export function lookUpRoutes(app: App, deps: LookUpDeps): void {
  app.route({
    ...contracts.lookUpVpa,
    async handler({ query }) {
      const userId = await ownerOfVpa(deps.sql, normaliseVpa(query.vpa))
      if (userId === undefined) throw new Problem('not-found', 'nobody here has this UPI ID')
      return { userId }
    },
  })
  app.route({ ...contracts.showPersonAccounts, handler: ({ params }) => showAccounts(deps, params.userId) })
}

async function showAccounts({ sql }: LookUpDeps, userId: string): Promise<contracts.PersonAccounts> {
  const [accounts, vpas] = await Promise.all([linkedAccounts(sql, userId), vpasOf(sql, userId)])
  return {
    accounts: accounts.map(({ id, bank, bankName, maskedNumber, type, status, pinSet, linkedAt }) => ({
      ...{ id, bank, bankName, maskedNumber, type, status, pinSet },
      linkedAt: linkedAt.toISOString(),
    })),
    upiIds: vpas.map(({ vpa, accountId, primary, createdAt }) => ({
      ...{ vpa: maskVpa(vpa), accountId, primary },
      createdAt: createdAt.toISOString(),
    })),
  }
}

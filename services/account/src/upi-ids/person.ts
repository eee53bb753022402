// What account does when a person leaves: says what is in the way, closes, erases. Its part of a copy of their data.
import * as erasure from '@bahi/contracts/erasure.ts'
import type { Output } from '@bahi/contracts/call.ts'
import { numberVpa } from '@bahi/contracts/number-rules.ts'
import { personalDataInAccount } from '@bahi/contracts/personal-export.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { redactEvents } from '@bahi/kit/events/redact-events.ts'
import type { App } from '@bahi/kit/http/http.ts'
import { hasLiveMandates } from '../bank-accounts/store.ts'
import { refreshElsewhere } from '../mandates/operate-elsewhere.ts'
import type { AccountDeps } from '../config.ts'
import {
  accountsOf,
  allNumbersOf,
  allVpasOf,
  closePerson,
  erasePerson,
  hasMoney,
  namesOf,
  setClosing,
} from './store-person.ts'
import { openLinkHolder } from '../sealed-columns.ts'
import { vpaStream } from './vpa-stream.ts'

type Deps = Pick<AccountDeps, 'sql' | 'transaction' | 'clock' | 'seal' | 'network' | 'config'>

export function personRoutes(app: App, deps: Deps): void {
  app.route({
    ...erasure.obstaclesInAccount,
    handler: async ({ params }) => ({ obstacles: await obstaclesOf(deps, params.userId) }),
  })
  app.route({
    ...erasure.eraseInAccount,
    handler: ({ params, body }) => endPerson(deps, params.userId, body.stage),
  })
  app.route({
    ...erasure.closingInAccount,
    async handler({ params: { userId }, body: { closing, whenEmpty = false } }) {
      if (!(await deps.transaction((tx) => setClosing(tx, userId, { closing, whenEmpty }))))
        throw new Problem('wrong-state', 'there is money on an account of theirs')
      return { userId, closing }
    },
  })
  app.route({
    ...personalDataInAccount,
    async handler({ params: { userId } }) {
      const { sql, seal } = deps
      const [rows, upiIds, upiNumbers] = await Promise.all([
        accountsOf(sql, userId),
        allVpasOf(sql, userId),
        allNumbersOf(sql, userId),
      ])
      const accounts = rows.map((row) => {
        const { userId: _, accountRef: __, holderNameSealed: ___, ...shown } = row
        return { ...shown, holderName: openLinkHolder(seal, row) }
      })
      return { data: { accounts, upiIds, upiNumbers } }
    },
  })
}

async function obstaclesOf(deps: Deps, userId: string): Promise<erasure.ErasureObstacle[]> {
  const { sql, clock, config } = deps
  const { accountIds } = await namesOf(sql, userId)
  await refreshElsewhere(deps, accountIds)
  const inTheWay = {
    money: await hasMoney(sql, userId),
    mandates: await hasLiveMandates(sql, accountIds, { handle: config.BAHI_HANDLE, at: clock.now() }),
  }
  return (['money', 'mandates'] as const).filter((what) => inTheWay[what])
}

/** Throws `wrong-state` while there is money. The names are answered for as long as they are there. */
async function endPerson(
  deps: Deps,
  userId: string,
  stage: erasure.ErasureStage,
): Promise<Output<typeof erasure.eraseInAccount>> {
  return deps.transaction(async (tx) => {
    if (!(await closePerson(tx, userId, deps.clock.now())))
      throw new Problem('wrong-state', 'there is money on an account of theirs')
    const { vpas, numbers, accountIds } = await namesOf(tx, userId)
    if (stage === 'close') return { vpas }
    const marks = [...vpas, ...numbers.map(numberVpa)].map((vpa) => vpaStream(deps.seal, vpa))
    await redactEvents(tx, [...accountIds, ...marks], userId)
    await erasePerson(tx, userId, marks)
    return { vpas }
  })
}

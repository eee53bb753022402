// The sandbox's table of contents: other banks, an SMS carrier, a mail server and one inbox. Never shipped.
import * as contracts from '@bahi/contracts/sandbox.ts'
import type { Service } from '@bahi/kit/service.ts'
import { otherBanks } from './bank.ts'
import { keepMessages, messageOf, purgeInbox, readInbox } from './inbox.ts'
import { showOtherAccounts } from './list-accounts.ts'
import { startMailServer } from './mail-server.ts'
import { openAccount } from './open-account.ts'
import { Config } from './sandbox.ts'

const purgeEveryMs = 10_000

export const service: Service<typeof Config> = {
  name: 'sandbox',
  config: Config,
  migrations: new URL('../migrations/', import.meta.url),
  async start(deps) {
    if (deps.mode !== 'sandbox') {
      throw new Error('the sandbox plays the outside world and starts only with BAHI_MODE=sandbox')
    }
    const mailServer = await startMailServer(deps)
    return {
      answers(app) {
        app.route({
          ...contracts.openAccount,
          handler: async (request, reply) => reply.code(201).send(await openAccount(deps, request.body)),
        })
        app.route({
          ...contracts.readInbox,
          handler: async ({ query }) => ({ messages: await readInbox(deps, query) }),
        })
        app.route({
          ...contracts.carrySms,
          handler: async ({ body }, reply) => {
            await keepMessages(deps, [messageOf(deps, { ...body, channel: 'sms' })])
            return reply.code(202).send({ id: body.id })
          },
        })
        app.route({ ...contracts.otherBanks, handler: () => ({ banks: [...otherBanks] }) })
        app.route({
          ...contracts.otherBankAccounts,
          handler: async ({ params, query }) => ({
            accounts: await showOtherAccounts(deps, params.bank, query.phone),
          }),
        })
      },
      does: [{ name: 'purge inbox', everyMs: purgeEveryMs, run: () => purgeInbox(deps) }],
      close: () => mailServer.close(),
    }
  },
}

// Account at a glance: what it answers and what it does by itself.
import { networkFaults } from '@bahi/kit/network/network-config.ts'
import * as contracts from '@bahi/contracts/account.ts'
import { findPayer as findPayerContract } from '@bahi/contracts/app-requests.ts'
import {
  changeAccount,
  holderNamesOf as holderNamesContract,
  unlinkAccount as unlinkContract,
} from '@bahi/contracts/linked-accounts.ts'
import { listMandatesElsewhere as listMandatesElsewhereContract } from '@bahi/contracts/mandates.ts'
import * as mandates from '@bahi/contracts/bank-mandates.ts'
import { movementsOf } from '@bahi/contracts/feed.ts'
import { toBank } from '@bahi/contracts/network.ts'
import * as numbers from '@bahi/contracts/upi-numbers.ts'
import { codeSigners, listCodeSigners, vpaQr as vpaQrContract } from '@bahi/contracts/qr.ts'
import { retention } from '@bahi/contracts/retention.ts'
import {
  closeHolds,
  legsPosted,
  postTransfers,
  resolveTransfers,
  resolveVpas as resolvePartiesContract,
} from '@bahi/contracts/transfers.ts'
import type { Service } from '@bahi/kit/runtime/service.ts'
import { retentionWorker } from '@bahi/kit/sql/retention.ts'
import { Config, type AccountDeps } from './config.ts'
import { createInbound } from './inbound/receive-message.ts'
import { changeVpa } from './upi-ids/change-vpa.ts'
import { createCodeKeys } from './upi-ids/code-keys.ts'
import { createVpa, listVpas } from './upi-ids/create-vpa.ts'
import { discoverAccounts } from './bank-accounts/discover-accounts.ts'
import { createAddressResolver } from './network/find-addresses.ts'
import { createHoldCloser } from './ledger/close-holds.ts'
import { createLedger } from './ledger/ledger.ts'
import { measureDatabaseServer } from './database/metrics.ts'
import { createLedgerMetrics } from './ledger/metrics.ts'
import { expireHoldsWorker } from './ledger/expire-holds.ts'
import { createPartitionsWorker } from './ledger/create-partitions.ts'
import { chooseDefault, unlinkAccount } from './bank-accounts/change-account.ts'
import { linkAccount } from './bank-accounts/link-account.ts'
import { listBanks } from './bank-accounts/list-banks.ts'
import { listLegs } from './inbound/list-legs.ts'
import { listMovements } from './ledger/list-movements.ts'
import { createNetworkDirectory } from './network/network-directory.ts'
import { openBankAccount } from './bank-accounts/open-bank-account.ts'
import { publishedKeys } from './pin/list-keys.ts'
import { createPinKeys } from './pin/pin-keys.ts'
import { listMandatesElsewhere } from './mandates/list-elsewhere.ts'
import { operateMandate, resolveMandateOperation } from './mandates/operate-mandate.ts'
import { createTransferPoster } from './ledger/post-transfers.ts'
import { createNameQuota } from './upi-ids/name-quota.ts'
import { checkVpasWorker, releaseOldNumber, releaseOwnVpa, withdrawVpa } from './upi-ids/release-vpa.ts'
import { findPayer, resolveAccount, resolveParties, resolvePhone, resolveVpa } from './upi-ids/resolve-vpa.ts'
import { freezeRoutes } from './bank-accounts/freeze-person.ts'
import { lookUpRoutes } from './upi-ids/look-up.ts'
import { setPin } from './pin/set-pin.ts'
import { holderNamesOf, listAccounts, showAccount } from './bank-accounts/show-accounts.ts'
import { showBalance } from './bank-accounts/show-balance.ts'
import { showStatement } from './bank-accounts/show-statement.ts'
import { suggestVpas } from './upi-ids/suggest-vpas.ts'
import { personRoutes } from './upi-ids/person.ts'
import { listNumbers, releaseNumber, setNumber } from './upi-ids/upi-numbers.ts'
import { vpaQr } from './upi-ids/vpa-qr.ts'
import { holderColumn, linkHolderColumn, numberColumn, phoneColumn } from './sealed-columns.ts'

const keysMaxAgeS = 300

export const service: Service<typeof Config> = {
  name: 'account',
  config: Config,
  productionFaults: (config) => [
    ...networkFaults(config),
    ...(config.BAHI_CODE_KEYS === '[]' ? ['BAHI_CODE_KEYS is missing: codes would not be signed'] : []),
  ],
  migrations: new URL('../migrations/', import.meta.url),
  sealed: [numberColumn, phoneColumn, holderColumn, linkHolderColumn],
  async start(seams) {
    const { BAHI_PIN_KEY, BAHI_PIN_VERIFIER_KEY, BAHI_CODE_KEYS, BAHI_CODE_ORG } = seams.config
    const deps: AccountDeps = {
      ...seams,
      pins: await createPinKeys(BAHI_PIN_KEY, BAHI_PIN_VERIFIER_KEY),
      codeKeys: createCodeKeys(BAHI_CODE_KEYS, BAHI_CODE_ORG),
    }
    const directory = createNetworkDirectory(deps)
    const addresses = createAddressResolver(deps)
    const resolving = { ...deps, addresses }
    const takeName = createNameQuota(deps)
    const ledgerMetrics = createLedgerMetrics(deps)
    const transfers = createTransferPoster(deps, ledgerMetrics)
    const holds = createHoldCloser(deps)
    const ledger = createLedger(deps)
    const inbound = await createInbound(deps)
    measureDatabaseServer(deps, { standbys: seams.config.BAHI_DATABASE_STANDBYS })
    return {
      routes(app) {
        app.route({ ...contracts.listBanks, handler: async () => ({ banks: await listBanks(directory) }) })
        app.route({
          ...contracts.pinKeys,
          handler: async (_request, reply) => {
            void reply.header('cache-control', `public, max-age=${keysMaxAgeS}`)
            return { keys: await publishedKeys(deps, directory) }
          },
        })
        app.route({
          ...contracts.discoverAccounts,
          handler: async ({ person, body }) => ({
            accounts: await discoverAccounts(deps, directory, person.userId, body.bank),
          }),
        })
        app.route({
          ...contracts.linkAccount,
          handler: async ({ person, body }, reply) => {
            const { isNew, account } = await linkAccount(deps, directory, person.userId, body)
            return reply.code(isNew ? 201 : 200).send(account)
          },
        })
        app.route({
          ...listMandatesElsewhereContract,
          handler: async ({ person }) => ({ mandates: await listMandatesElsewhere(deps, person.userId) }),
        })
        app.route({
          ...contracts.listAccounts,
          handler: async ({ person }) => ({ accounts: await listAccounts(deps, person.userId) }),
        })
        app.route({
          ...contracts.showAccount,
          handler: ({ person, params }) => showAccount(deps, person.userId, params.id),
        })
        app.route({
          ...changeAccount,
          handler: ({ person, params }) => chooseDefault(deps, person.userId, params.id),
        })
        app.route({
          ...unlinkContract,
          handler: async ({ person, params, requireStepUp, body }, reply) => {
            await unlinkAccount(deps, person.userId, params.id, body, requireStepUp)
            return reply.code(204).send(null)
          },
        })
        app.route({
          ...contracts.setPin,
          handler: ({ person, params, body }) => setPin(deps, person.userId, params.id, body),
        })
        app.route({
          ...contracts.balance,
          handler: ({ person, params, body }) => showBalance(deps, person.userId, params.id, body.pin),
        })
        app.route({
          ...contracts.statement,
          handler: ({ person, params, query }) => showStatement(deps, person.userId, params.id, query),
        })
        app.route({
          ...contracts.createVpa,
          handler: async ({ person, body }, reply) => {
            const { isNew, entry } = await createVpa(deps, person.userId, body)
            return reply.code(isNew ? 201 : 200).send(entry)
          },
        })
        app.route({
          ...contracts.listVpas,
          handler: async ({ person }) => ({ vpas: await listVpas(deps, person.userId) }),
        })
        app.route({
          ...contracts.suggestVpas,
          handler: async ({ person }) => ({ vpas: await suggestVpas(deps, person.userId) }),
        })
        const signers = async () => ({
          signers: [...deps.codeKeys.published(), ...(await directory.signers())],
        })
        app.route({
          ...listCodeSigners,
          handler: (_request, reply) => {
            void reply.header('cache-control', `public, max-age=${keysMaxAgeS}`)
            return signers()
          },
        })
        app.route({ ...codeSigners, handler: signers })
        app.route({
          ...vpaQrContract,
          handler: async ({ person, params, query, headers }, reply) => {
            const picture = await vpaQr(deps, person.userId, params.vpa, query, headers.accept)
            return reply
              .type(picture.type)
              .header('cache-control', picture.cacheControl)
              .header('vary', 'accept')
              .send(picture.bytes as never)
          },
        })
        app.route({
          ...contracts.changeVpa,
          handler: ({ person, params, body }) => changeVpa(deps, person.userId, params.vpa, body),
        })
        app.route({
          ...contracts.releaseVpa,
          handler: async ({ person, params, requireStepUp }, reply) => {
            await releaseOwnVpa(deps, person.userId, params.vpa, requireStepUp)
            return reply.code(204).send(null)
          },
        })
        app.route({ ...numbers.listNumbers, handler: ({ person }) => listNumbers(deps, person.userId) })
        app.route({
          ...numbers.setNumber,
          handler: ({ person, params, body, requireStepUp }) =>
            setNumber(deps, person.userId, params.number, body, requireStepUp),
        })
        app.route({
          ...numbers.releaseNumber,
          handler: async ({ person, params, requireStepUp }, reply) => {
            await releaseNumber(deps, person.userId, params.number, requireStepUp)
            return reply.code(204).send(null)
          },
        })
        app.route({
          ...numbers.releaseOldNumber,
          handler: async ({ params, body }) => {
            await releaseOldNumber(deps, params.userId, body)
            return { userId: params.userId }
          },
        })
        lookUpRoutes(app, deps)
        freezeRoutes(app, deps)
        app.route({
          ...contracts.withdrawVpa,
          handler: ({ person, params, body }) => withdrawVpa(deps, person.userId, params.vpa, body.note),
        })
        app.route({
          ...contracts.resolveVpa,
          handler: async ({ person, clientNetwork, params }) => {
            await takeName(person.userId, clientNetwork)
            return resolveVpa(resolving, params.vpa)
          },
        })
        app.route({
          ...contracts.findAccountPayee,
          handler: async ({ person, clientNetwork, body }) => {
            await takeName(person.userId, clientNetwork)
            return resolveAccount(resolving, body)
          },
        })
        app.route({
          ...contracts.findPhonePayee,
          handler: async ({ person, clientNetwork, body }) => {
            await takeName(person.userId, clientNetwork)
            return resolvePhone(resolving, body.phone)
          },
        })
        app.route({ ...findPayerContract, handler: ({ body }) => findPayer(resolving, body) })
        app.route({
          ...resolvePartiesContract,
          handler: ({ body }) => resolveParties(resolving, body.vpas),
        })
        app.route({
          ...postTransfers,
          handler: async ({ body }) => ({ outcomes: await transfers.post(body.transfers) }),
        })
        app.route({
          ...resolveTransfers,
          handler: async ({ body }) => ({ outcomes: await transfers.resolve(body.transfers) }),
        })
        app.route({
          ...closeHolds,
          handler: async ({ body }) => ({ outcomes: await holds.close(body.closings) }),
        })
        app.route({ ...mandates.operateMandate, handler: ({ body }) => operateMandate(deps, body) })
        app.route({
          ...mandates.resolveMandateOperation,
          handler: ({ body }) => resolveMandateOperation(deps, body),
        })
        app.route({ ...legsPosted, handler: ({ body }) => listLegs(deps, body) })
        app.route({
          ...movementsOf,
          handler: ({ params, query }) => listMovements(deps, { ...params, ...query }),
        })
        personRoutes(app, deps)
        app.route({ ...toBank, handler: ({ params, body }) => inbound.receive(params, body) })
        app.route({
          ...holderNamesContract,
          handler: ({ params }) => holderNamesOf(deps, params.userId),
        })
        app.route({
          ...contracts.openBankAccount,
          handler: async ({ body }, reply) => reply.code(201).send(await openBankAccount(deps, body)),
        })
      },
      workers: [
        expireHoldsWorker(deps, ledger),
        ledgerMetrics.worker,
        createPartitionsWorker(deps),
        checkVpasWorker(deps),
        retentionWorker(deps, retention, 'account'),
        ...inbound.workers,
      ],
      async close() {
        await Promise.all([addresses.idle(), transfers.idle(), holds.idle(), ledger.idle(), inbound.idle()])
      },
    }
  },
}

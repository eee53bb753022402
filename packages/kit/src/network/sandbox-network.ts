// The adapter to the simulated network: JSON over JWS, through the sandbox service.
import type { Call } from '@bahi/contracts/call.ts'
import { messages, toSwitch, type Api, type Message } from '@bahi/contracts/network.ts'
import type { NetworkAdapter } from '@bahi/contracts/network-adapter.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import {
  balEnq,
  listKeys,
  listVae,
  otherBankAccounts,
  otherBanks,
  setCre,
  settlementReport,
  valAdd,
} from '@bahi/contracts/sandbox.ts'
import { closePort, listHeld, reqOperation, requestPort } from '@bahi/contracts/sandbox-ports.ts'
import { Compile } from 'typebox/compile'
import { createSigner, createVerifier } from '../crypto/signed-message.ts'

const retryAfterS = 30
const reportRetryAfterS = 60

const validators = Object.fromEntries(
  Object.entries(messages).map(([api, schema]) => [api, Compile(schema)]),
) as unknown as Record<Api, { Check(value: unknown): boolean }>

type Options = Pick<NetworkAdapter, 'orgId' | 'timeScale'> & {
  /** Private JWK that our messages are signed with. Without both keys messages are neither sent nor read. */
  key: string
  /** Public JWK of the network, or a list of them. */
  peerKey: string
}

export async function sandboxNetwork(
  { call }: { call: Call },
  { key, peerKey, ...about }: Options,
): Promise<NetworkAdapter> {
  const connected = key !== '' && peerKey !== ''
  const noKeys = () => Promise.reject(new Problem('bank-unreachable', 'there are no keys for the network'))
  const sign = connected ? await createSigner(key) : noKeys
  const verify = connected ? await createVerifier(peerKey) : noKeys

  const prepare = async (message: Message) => {
    const body = await sign(message)
    return () => call(toSwitch, { params: { api: message.api, txnId: message.txn.id }, body })
  }
  return {
    ...about,
    connected,
    prepare,
    async send(message) {
      const deliver = await prepare(message)
      return deliver()
    },
    async read(api, signed) {
      const message = await verify(signed)
      if (!validators[api].Check(message)) {
        throw new Problem('request-invalid', `the signed content is no ${api}`)
      }
      return message as never
    },
    async resolveAddresses(addrs) {
      return (await answerOf('the network', call(valAdd, { body: { addrs } }))).found
    },
    async listBanks() {
      return (await answerOf('the network', call(otherBanks, {}))).banks.map((bank) => {
        return { ...bank, onUs: false }
      })
    },
    async listAccounts(bank, phone) {
      const input = { params: { bank }, querystring: { phone } }
      return (await answerOf('the bank', call(otherBankAccounts, input))).accounts
    },
    async listKeys() {
      return (await answerOf('the network', call(listKeys, {}))).keys
    },
    async listSigners() {
      return (await answerOf('the network', call(listVae, {}))).signers
    },
    setPin: ({ bank, accountRef, accountId }, request) =>
      answerOf('the bank', call(setCre, { body: { bank, accountRef, accountId, ...request } })),
    showBalance: ({ bank, accountRef, accountId }, pin) =>
      answerOf('the bank', call(balEnq, { body: { bank, accountRef, accountId, pin } })),
    operate: ({ bank, accountRef }, asked) =>
      answerOf('the bank', call(reqOperation, { body: { bank, accountRef, ...asked } })),
    async listHeld(accounts) {
      return (await answerOf('the network', call(listHeld, { body: { accounts } }))).held
    },
    requestPort: (request) => answerOf('the other app', call(requestPort, { body: request })),
    async closePort(request, code) {
      await answerOf('the other app', call(closePort, { body: { ...request, code } }))
    },
    async settlementReport(cycle, after) {
      const querystring = after === undefined ? {} : { after }
      try {
        return await call(settlementReport, { params: { cycle }, querystring })
      } catch (error) {
        if (!(error instanceof Problem) || error.code === 'wrong-state') throw error
        throw new Problem('bank-unreachable', 'the network gives no settlement report now', {
          retryAfterS: reportRetryAfterS,
        })
      }
    },
  }
}

/** Whatever kept it from answering, people see the same problem; that it knows no such bank is an answer. */
function answerOf<T>(who: string, answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    if (!(error instanceof Problem) || error.code === 'not-found') throw error
    throw new Problem('bank-unreachable', `${who} does not answer now: try again in a while`, { retryAfterS })
  })
}

// For tests: payment with a stub switch that sends the test's messages, signed as the network signs.
import { toPsp, type Ack, type Api, type Message, type SignedMessage } from '@bahi/contracts/network.ts'
import type { HeldElsewhere, PortOut, PortRequest } from '@bahi/contracts/network-adapter.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { closePort, listHeld, requestPort } from '@bahi/contracts/sandbox-ports.ts'
import { createSigner, createVerifier } from '@bahi/kit/crypto/signed-message.ts'
import { exportJWK, generateKeyPair } from 'jose'
import { createPaymentTestSetup } from './testing.ts'

async function newKey() {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  return {
    private: JSON.stringify({ ...(await exportJWK(pair.privateKey)), kid: 'k' }),
    public: JSON.stringify(await exportJWK(pair.publicKey)),
  }
}

/** The apps of other PSPs: what they keep, and what they are told of it. */
function stubOtherApps() {
  const apps = {
    held: [] as HeldElsewhere[],
    portOut: { code: '00', lastSequence: 0, debits: [] } as PortOut,
    down: false,
    /** Of each try that is over. */
    closed: [] as (PortRequest & { code: string })[],
    answer(path: string, body: string): object | undefined {
      if (path === listHeld.url) return { held: apps.held }
      if (path === requestPort.url) {
        if (apps.down) throw new Problem('timeout')
        return apps.portOut
      }
      if (path !== closePort.url) return undefined
      apps.closed.push(JSON.parse(body) as PortRequest & { code: string })
      return {}
    },
  }
  return apps
}

export type SwitchOutcome = {
  result: 'SUCCESS' | 'FAILURE' | 'DEEMED' | 'PENDING'
  errCode?: string
  respCode?: string
}

export async function createSwitchTestSetup(postgresUrl: string, env: Record<string, string> = {}) {
  const [ours, theirs, others] = await Promise.all([newKey(), newKey(), newKey()])
  const [sign, forger] = await Promise.all([createSigner(theirs.private), createSigner(others.private)])
  const verify = await createVerifier(ours.public)
  /** What our PSP sent, oldest first. */
  const sent: Message[] = []
  /** What the switch does with the next messages. */
  const onSwitch: { err?: string; down: boolean } = { down: false }
  const otherApps = stubOtherApps()
  const setup = await createPaymentTestSetup(postgresUrl, {
    env: { BAHI_NETWORK_KEY: ours.private, BAHI_NETWORK_PEER_KEY: theirs.public, ...env },
    apps: (path, body) => otherApps.answer(path, body),
    async switch(body) {
      const message = (await verify(JSON.parse(body) as SignedMessage)) as Message
      if (onSwitch.down) throw new Problem('unavailable')
      sent.push(message)
      const err = onSwitch.err === undefined ? {} : { err: onSwitch.err }
      return { api: message.api, reqMsgId: message.head.msgId, ts: new Date().toISOString(), ...err }
    },
  })
  const at = { bank: 'GANG', ifsc: 'GANG0000001', accountType: 'savings', onUs: false } as const
  setup.parties.set('ramesh@ganga', { vpa: 'ramesh@ganga', name: 'Ramesh', accountRef: 'ref-1', ...at })
  const sentOf = (api: Api, txnId: string) => sent.filter((m) => m.api === api && m.txn.id === txnId)

  let msgCount = 0
  function headOf(): Message['head'] {
    const msgId = `SWI${String(++msgCount).padStart(32, '0')}`
    return { ver: '2.0', ts: setup.clock.now().toISOString(), orgId: 'SWITCH', msgId, prodType: 'UPI' }
  }

  return {
    setup,
    otherApps,
    onSwitch,
    sign,
    forger,
    sentOf,
    /** All of an API, oldest first. */
    sentAs: <A extends Api>(api: A) => sent.filter((m) => m.api === api) as Message<A>[],
    headOf,
    /** The message that a payment began with. */
    async started(id: string): Promise<Message<'ReqPay'>> {
      const txnId = `BHI${id.replaceAll('-', '')}`
      await setup.until(() => sentOf('ReqPay', txnId).length > 0)
      return sentOf('ReqPay', txnId)[0] as Message<'ReqPay'>
    },
    async deliver(message: Message, signer = sign): Promise<Ack> {
      const params = { api: message.api, txnId: message.txn.id }
      return setup.platform.as('gateway')(toPsp, { params, body: await signer(message) })
    },
    replyTo(
      request: Message<'ReqPay' | 'ReqAuthDetails'>,
      { result, errCode, respCode }: SwitchOutcome,
      api: 'RespPay' | 'RespChkTxn' | 'ReqTxnConfirmation' = 'RespPay',
    ): Message {
      const resp = { reqMsgId: request.head.msgId, result, ...(errCode === undefined ? {} : { errCode }) }
      const { addr } = request.payee
      const ref = respCode && { type: 'PAYEE' as const, addr, respCode, settAmount: '0.00' }
      return { api, head: headOf(), txn: request.txn, resp, refs: ref ? [ref] : [] }
    },
  }
}

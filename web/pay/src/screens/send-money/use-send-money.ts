// What paying asks the services: how much it may be, and the payment itself.
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { Input, Output } from '@bahi/contracts/call.ts'
import { quote } from '@bahi/contracts/payment.ts'
import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { sealPin } from '../../accounts/seal-pin.ts'
import { call } from '../../api/client.ts'
import { quotesKey } from '../../api/query-keys.ts'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { startAttempt, type Attempt } from '../../payments/payment-attempts.ts'
import { requestQuery } from '../../requests/request-queries.ts'
import { deletePaymentDraft } from './payment-draft.ts'

export type Asked = Input<typeof quote>['body']
export type Quote = Output<typeof quote>

const quoteQuery = (asked: Asked) => ({
  queryKey: [...quotesKey, asked],
  queryFn: () => call(quote, { body: asked }),
})

/** What a payment would meet now, of any amount; undefined until it is known. */
export const useQuote = (asked: Asked) => useQuery(quoteQuery(asked)).data

/** The same, of a payment that nobody looked at yet: `isKnown` as soon as there is an answer, or none to be had. */
export function useFirstQuote(asked: Asked): { isKnown: boolean; quote: Quote | undefined } {
  const { data, failureCount } = useQuery(quoteQuery(asked))
  return { isKnown: data !== undefined || failureCount > 0, quote: data }
}

/** The same, waited for; undefined when there is no answer. */
export const fetchQuote = (client: QueryClient, asked: Asked): Promise<Quote | undefined> =>
  client.fetchQuery(quoteQuery(asked)).catch(() => undefined)

export type PaymentRequest = Omit<Attempt, 'id' | 'sentAtMs'>

/** The quote of exactly this payment. */
export const askedBy = ({ payerVpa, payeeVpa, amountPaise, note, initiation }: PaymentRequest): Asked => ({
  ...{ payerVpa, payeeVpa, amountPaise },
  ...(initiation ? { initiation, ...(note === undefined ? {} : { note }) } : {}),
})

/** Of what another app asks for and is paid now: the bank of an account elsewhere knows no other id. */
async function requestedTxnId(client: QueryClient, request: PaymentRequest): Promise<string | undefined> {
  const { kind, id } = request.initiation?.origin ?? {}
  if (kind === 'mandate')
    return (await client.fetchQuery({ ...quoteQuery(askedBy(request)), staleTime: 0 })).txnId
  if (kind !== 'request' || id === undefined) return undefined
  return (await client.fetchQuery({ ...requestQuery(id), staleTime: Infinity })).txnId
}

/**
 * Seals the PIN and launches the payment. Its id is minted once, or that of an attempt to go on with, and stays when
 * sealing has to be repeated. The PIN lives as long as the call.
 */
export function useSendPayment(knownId?: string) {
  const client = useQueryClient()
  const id = useRef(knownId)
  const [state, setState] = useState<{ isBusy: boolean; error?: unknown }>({ isBusy: false })
  const send = async (request: PaymentRequest, pin: string): Promise<string | undefined> => {
    setState({ isBusy: true })
    id.current ??= uuidv7(serverNow())
    const { bank, amountPaise, payeeVpa } = request
    const block = { pin, purpose: 'pay', paymentId: id.current, amountPaise, payeeVpa } as const
    try {
      const txnId = await requestedTxnId(client, request)
      const sealed = await sealPin(client, bank, { ...block, ...(txnId === undefined ? {} : { txnId }) })
      await startAttempt({ ...request, id: id.current, sentAtMs: Date.now() }, sealed)
      deletePaymentDraft()
      // It counts towards the limits.
      void client.invalidateQueries({ queryKey: quotesKey })
      setState({ isBusy: false })
      return id.current
    } catch (error) {
      // Nothing was sent.
      setState({ isBusy: false, error })
      return undefined
    }
  }
  return { ...state, send }
}

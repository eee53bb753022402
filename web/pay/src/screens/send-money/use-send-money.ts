// What paying asks the services: who is behind a UPI ID, what I can pay from, and how a payment stands.
import { splitVpa } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useMyAccounts, useMyVpas } from '../../accounts/my-accounts.ts'
import { sealPin } from '../../accounts/seal-pin.ts'
import { serverNow } from '../../api/clock.ts'
import { fetchOutcome, isRefusal, startAttempt, type Attempt } from './payment-attempts.ts'
import { deletePaymentDraft } from './payment-draft.ts'
import { sourcesOf } from './send-money.ts'

export function useSources() {
  const vpas = useMyVpas()
  const accounts = useMyAccounts()
  const sources = vpas.data && accounts.data && sourcesOf(vpas.data, accounts.data)
  return {
    sources,
    /** Ours: that of my own UPI IDs. */
    handle: splitVpa(vpas.data?.[0]?.vpa ?? '')?.handle ?? 'bahi',
    error: vpas.error ?? accounts.error,
    again: () => void Promise.all([vpas.refetch(), accounts.refetch()]),
  }
}

export type PaymentRequest = Omit<Attempt, 'id' | 'sentAtMs'>

/**
 * Seals the PIN and launches the payment. Its id is minted once, or that of an attempt to go on with, and stays when
 * sealing has to be repeated. The PIN lives as long as the call.
 */
export function useSendPayment(knownId?: string) {
  const id = useRef(knownId)
  const [state, setState] = useState<{ isBusy: boolean; error?: unknown }>({ isBusy: false })
  const send = async (request: PaymentRequest, pin: string): Promise<string | undefined> => {
    setState({ isBusy: true })
    id.current ??= uuidv7(serverNow())
    const { bank, amountPaise, payeeVpa } = request
    const block = { pin, purpose: 'pay', paymentId: id.current, amountPaise, payeeVpa } as const
    try {
      const sealed = await sealPin(bank, block)
      await startAttempt({ ...request, id: id.current, sentAtMs: Date.now() }, sealed)
      deletePaymentDraft()
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

const pollMs = 4_000
const maxPollMs = 30_000

/** Follows a payment until it is final: asks again when an answer was lost, and as long as it is pending. */
export function useOutcome(id: string) {
  const client = useQueryClient()
  const outcome = useQuery({
    queryKey: ['outcome', id],
    queryFn: () => fetchOutcome(id),
    staleTime: Infinity,
    retry: (_, error) => !isRefusal(error),
    retryDelay: (times) => Math.min(1_000 * 2 ** times, 10_000),
    refetchInterval: ({ state: { data, dataUpdateCount } }) =>
      data?.is === 'known' && data.payment.status === 'pending'
        ? Math.min(pollMs * 1.3 ** dataUpdateCount, maxPollMs)
        : false,
  })
  const status = outcome.data?.is === 'known' ? outcome.data.payment.status : undefined
  useEffect(() => {
    // What other screens show of payments and money has changed.
    if (status) void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'outcome' })
  }, [status, client])
  return outcome
}

// The queries and changes of mandates (AutoPay). All keys begin with `mandates`: the live stream refreshes them.
import type { Input } from '@bahi/contracts/call.ts'
import {
  approveMandate,
  createMandate,
  declineMandate,
  listMandates,
  listMandatesElsewhere,
  pauseMandate,
  portMandate,
  presentDebit,
  requestMandate,
  revokeMandate,
  showMandate,
  skipDebit,
  takeMandate,
  unpauseMandate,
  updateMandate,
  type MandateElsewhere,
  type MandateView,
} from '@bahi/contracts/mandates.ts'
import type { MandateOperationByPin } from '@bahi/contracts/pin-block.ts'
import type { IstDate } from '@bahi/contracts/recurrence.ts'
import { idForPin } from '@bahi/contracts/umn.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/client.ts'
import { mandatesKey } from '../api/query-keys.ts'
import { useIdFor } from '../api/use-id-for.ts'
import { usePages } from '../api/use-pages.ts'
import { forgetPinKeys, sealPin } from '../accounts/seal-pin.ts'

/** Newest first, a page at a time. */
export const useMandatePages = () =>
  usePages([...mandatesKey, 'pages'], (page) => call(listMandates, { querystring: page }))

export const useMandate = (id: string) =>
  useQuery({ queryKey: [...mandatesKey, id], queryFn: () => call(showMandate, { params: { id } }) })

export type MandateChange =
  | { what: 'decline' }
  | { what: 'revoke' }
  | { what: 'pause'; from: IstDate; until: IstDate }
  | { what: 'skip'; sequence: number }

/** What needs no PIN. */
export function useChangeMandate(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (change: MandateChange) => {
      const params = { id }
      if (change.what === 'decline') return call(declineMandate, { params })
      if (change.what === 'revoke') return call(revokeMandate, { params })
      if (change.what === 'skip') return call(skipDebit, { params: { id, sequence: change.sequence } })
      const { from, until } = change
      return call(pauseMandate, { params, body: { from, until } })
    },
    onSettled: () => client.invalidateQueries({ queryKey: mandatesKey }),
  })
}

export function usePresentDebit(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ umn, ...body }: Input<typeof presentDebit>['body'] & { umn: string }) =>
      call(presentDebit, { params: { umn }, body }),
    onSettled: () => client.invalidateQueries({ queryKey: [...mandatesKey, id] }),
  })
}

/** Asks a payer for a mandate; what is asked again, after a lost answer, is the same one. */
export function useRequestMandate() {
  const client = useQueryClient()
  const idFor = useIdFor()
  return useMutation({
    mutationFn: (body: Input<typeof requestMandate>['body']) =>
      call(requestMandate, { params: { id: idFor(body) }, body }),
    onSettled: () => client.invalidateQueries({ queryKey: mandatesKey }),
  })
}

/** What the payer agrees to, as its PIN is bound to it. */
type Bound = Pick<MandateView, 'terms'> & { payeeVpa: string }
/** UPI code; of a wrong PIN with how many tries are left. */
export type Refusal = { code: string; triesLeft?: number | undefined }
/** Why the bank declined; undefined: it agreed. The PIN is passed in a function. */
export type AskWithPin = (by: { takePin: () => string; bank: string }) => Promise<Refusal | undefined>
export type PinUse = 'approve' | 'unpause'

function useAskBank() {
  const client = useQueryClient()
  return async (
    operation: MandateOperationByPin,
    mandateId: string,
    { terms, payeeVpa }: Bound,
    by: Parameters<AskWithPin>[0],
    send: (pin: string) => Promise<Refusal | undefined>,
  ): Promise<Refusal | undefined> => {
    try {
      const { amountPaise } = terms
      const about = { purpose: 'mandate', operation, mandateId, amountPaise, payeeVpa } as const
      const refusal = await send(await sealPin(client, by.bank, { pin: by.takePin(), ...about }))
      forgetPinKeys(client, refusal?.code)
      return refusal
    } catch (error) {
      forgetPinKeys(client, error)
      throw error
    } finally {
      void client.invalidateQueries({ queryKey: mandatesKey })
    }
  }
}

const refusalOf = ({ code, triesLeft }: MandateView): Refusal | undefined =>
  code === undefined ? undefined : { code, triesLeft }
/** Of one that is over by it. */
const failureOf = (mandate: MandateView): Refusal => refusalOf(mandate) ?? { code: 'XB' }

export function useMandatePin(mandate: MandateView, use: PinUse): AskWithPin {
  const askBank = useAskBank()
  const { id, terms, payee } = mandate
  const contract = use === 'unpause' ? unpauseMandate : approveMandate
  const operation = use === 'unpause' ? use : 'create'
  return (by) =>
    askBank(operation, idForPin(mandate), { terms, payeeVpa: payee.vpa }, by, async (pin) => {
      return refusalOf(await call(contract, { params: { id }, body: { pin } }))
    })
}

/** Changes how much it debits at most, and until when. */
export function useUpdateMandate(
  mandate: MandateView,
  changed: Pick<MandateView['terms'], 'amountPaise' | 'validTo'>,
): AskWithPin {
  const askBank = useAskBank()
  const { id, payee } = mandate
  const terms = { ...mandate.terms, ...changed }
  return (by) =>
    askBank('update', idForPin(mandate), { terms, payeeVpa: payee.vpa }, by, async (pin) => {
      return refusalOf(await call(updateMandate, { params: { id }, body: { ...changed, pin } }))
    })
}

/** Moves it to a UPI ID of mine. */
export function usePortMandate(mandate: MandateView, payerVpa: string): AskWithPin {
  const askBank = useAskBank()
  const { id, terms, payee } = mandate
  return (by) =>
    askBank('port', idForPin(mandate), { terms, payeeVpa: payee.vpa }, by, async (pin) => {
      return refusalOf(await call(portMandate, { params: { id }, body: { payerVpa, pin } }))
    })
}

/** What other apps keep. Under the key of mandates: one that has moved is there no more. */
export const useMandatesElsewhere = () =>
  useQuery({
    queryKey: [...mandatesKey, 'elsewhere'],
    queryFn: async () => (await call(listMandatesElsewhere, {})).mandates,
  })

/** Moves it to this app, under the id that `onTaken` gets; after a refusal the next PIN is another try. */
export function useTakeMandate(
  { id, umn, terms, payee }: MandateElsewhere,
  payerVpa: string,
  onTaken: (id: string) => void,
): AskWithPin {
  const askBank = useAskBank()
  return (by) =>
    askBank('take', id, { terms, payeeVpa: payee.vpa }, by, async (pin) => {
      const taken = await call(takeMandate, { params: { umn }, body: { payerVpa, pin } })
      if (taken.status === 'failed') return failureOf(taken)
      onTaken(taken.id)
      return undefined
    })
}

export type WantedMandate = Omit<Input<typeof createMandate>['body'], 'pin'>

/**
 * Makes a mandate; what is sent again, after a lost answer, is the same one. Whoever calls it stays mounted while the
 * terms are looked at again.
 */
export function useMakeMandate() {
  const askBank = useAskBank()
  const idFor = useIdFor()
  const [failed, setFailed] = useState(0)
  return (wanted: WantedMandate, onMade: (mandate: MandateView) => void): AskWithPin => {
    return (by) => {
      const id = idFor({ failed, wanted })
      return askBank('create', id, wanted, by, async (pin) => {
        const made = await call(createMandate, { params: { id }, body: { ...wanted, pin } })
        if (made.status !== 'failed') return void onMade(made)
        // It is over: the next PIN is for another one.
        setFailed(failed + 1)
        return failureOf(made)
      })
    }
  }
}

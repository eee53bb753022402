// The queries and changes of mandates (AutoPay). All keys begin with `mandates`: the live stream refreshes them.
import type { Account } from '@bahi/contracts/account.ts'
import {
  approveMandate,
  declineMandate,
  listMandates,
  pauseMandate,
  revokeMandate,
  showMandate,
  skipDebit,
  unpauseMandate,
  type MandateView,
} from '@bahi/contracts/mandates.ts'
import type { IstDate } from '@bahi/contracts/recurrence.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/client.ts'
import { usePages } from '../api/use-pages.ts'
import { forgetPinKeys, sealPin } from '../accounts/seal-pin.ts'

const root = 'mandates'
const mandatesKey = [root]

/** Newest first, a page at a time. */
export const useMandatePages = () =>
  usePages([root, 'pages'], (page) => call(listMandates, { querystring: page }))

export const useMandate = (id: string) =>
  useQuery({ queryKey: [root, id], queryFn: () => call(showMandate, { params: { id } }) })

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

export type PinUse = 'approve' | 'unpause'

/** The UPI code that the bank declined with; undefined: it agreed. The PIN is passed in a function. */
export function useMandatePin(mandate: MandateView, account: Pick<Account, 'bank'>) {
  const client = useQueryClient()
  return useMutation({
    gcTime: 0,
    mutationFn: async ({ use, takePin }: { use: PinUse; takePin: () => string }) => {
      const { id, payee, terms } = mandate
      const block = { purpose: 'mandate', mandateId: id, amountPaise: terms.amountPaise } as const
      const pin = await sealPin(client, account.bank, { pin: takePin(), ...block, payeeVpa: payee.vpa })
      const contract = use === 'approve' ? approveMandate : unpauseMandate
      return (await call(contract, { params: { id }, body: { pin } })).code
    },
    onSuccess: (code) => forgetPinKeys(client, code),
    onError: (error) => forgetPinKeys(client, error),
    onSettled: () => client.invalidateQueries({ queryKey: mandatesKey }),
  })
}

// The balance of an account, asked for with the UPI PIN; it stays in the screen that asked and is never saved.
import { balance, type Account } from '@bahi/contracts/account.ts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/client.ts'
import { forgetPinKeys, sealPin } from './seal-pin.ts'

export function useBalance({ id, bank }: Pick<Account, 'id' | 'bank'>) {
  const client = useQueryClient()
  return useMutation({
    gcTime: 0,
    // The PIN is not kept with the mutation: it is passed in a function.
    mutationFn: async (takePin: () => string) => {
      const pin = await sealPin(client, bank, { pin: takePin(), purpose: 'balance', accountId: id })
      return call(balance, { params: { id }, body: { pin } })
    },
    onError: (error) => forgetPinKeys(client, error),
  })
}

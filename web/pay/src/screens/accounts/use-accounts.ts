// What the screens of bank accounts ask the services: banks, what they hold for me, linking, PINs, statements.
import { discoverAccounts, linkAccount, setPin, statement, type Account } from '@bahi/contracts/account.ts'
import type { Output } from '@bahi/contracts/call.ts'
import { changeAccount, unlinkAccount } from '@bahi/contracts/linked-accounts.ts'
import { openAccount } from '@bahi/contracts/sandbox.ts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { callPublic, call } from '../../api/client.ts'
import { usePages } from '../../api/use-pages.ts'
import { withStepUp } from '../../session/step-up.ts'
import { forgetPinKeys, sealPin } from '../../accounts/seal-pin.ts'

export type DiscoveredAccount = Output<typeof discoverAccounts>['accounts'][number]
export type SandboxAccount = Output<typeof openAccount>

/** What a newcomer to a sandbox has to spend. */
const openingBalancePaise = 25_000_00

/** Counted by the bank: asked when somebody wants to know, and not again by itself. */
export function useDiscovery() {
  return useMutation({ mutationFn: (bank: string) => call(discoverAccounts, { body: { bank } }) })
}

export function useOpening() {
  return useMutation({
    mutationFn: ({ bank, phone, name }: { bank: string; phone: string; name: string }) =>
      callPublic(openAccount, { body: { bank, phone, name, balancePaise: openingBalancePaise } }),
  })
}

export function useLinking() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: { bank: string; accountRef: string }) => call(linkAccount, { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['accounts'] }),
  })
}

export function useMakeDefault() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => call(changeAccount, { params: { id }, body: { default: true } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['accounts'] }),
  })
}

export function useUnlinking() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string; moveVpasTo?: string }) =>
      withStepUp((proof) => call(unlinkAccount, { params: { id }, body: { ...body, ...proof } })),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['accounts'] }),
        client.invalidateQueries({ queryKey: ['vpas'] }),
      ]),
  })
}

export type Card = { last6: string; expiry: string }
/** The PINs are passed in a function: what a mutation is called with is kept for a while. */
export type NewPin = { proof?: { card: Card; otp: string }; takePins: () => { pin: string; oldPin?: string } }

export function useSetPin({ id, bank }: Pick<Account, 'id' | 'bank'>) {
  const client = useQueryClient()
  return useMutation({
    gcTime: 0,
    mutationFn: async ({ proof, takePins }: NewPin) => {
      const pin = await sealPin(client, bank, { ...takePins(), purpose: 'set-pin', accountId: id })
      return call(setPin, { params: { id }, body: { ...proof, pin } })
    },
    onError: (error) => forgetPinKeys(client, error),
    onSuccess: () => client.invalidateQueries({ queryKey: ['accounts'] }),
  })
}

export type StatementEntry = Output<typeof statement>['entries'][number]

export function useStatement(id: string) {
  return usePages(['statement', id], (page) => call(statement, { params: { id }, querystring: page }))
}

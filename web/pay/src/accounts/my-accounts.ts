// My profile, my bank accounts and my UPI IDs: one query each for all screens.
import { listAccounts, listVpas, type Account } from '@bahi/contracts/account.ts'
import type { Output } from '@bahi/contracts/call.ts'
import { me } from '@bahi/contracts/user.ts'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/client.ts'

export type MyVpa = Output<typeof listVpas>['vpas'][number]

export const useMe = () => useQuery({ queryKey: ['me'], queryFn: () => call(me, {}) })

export const useMyAccounts = () =>
  useQuery({
    queryKey: ['accounts'],
    queryFn: () => call(listAccounts, {}),
    select: ({ accounts }) => accounts,
  })

/** The primary one first. */
export const useMyVpas = () =>
  useQuery({ queryKey: ['vpas'], queryFn: () => call(listVpas, {}), select: ({ vpas }) => vpas })

/** Which UPI ID of mine is paid: the one that was chosen, before that the primary one. */
export function usePaidTo() {
  const vpas = useMyVpas()
  const [chosen, choose] = useState<string>()
  return { vpas, own: vpas.data?.find(({ vpa }) => vpa === chosen) ?? vpas.data?.[0], choose }
}

/** The account behind my primary UPI ID; before there is one, the first that was linked. */
export function primaryAccount(accounts: Account[], vpas: MyVpa[]): Account | undefined {
  const primary = vpas.find((one) => one.primary)
  return accounts.find(({ id }) => id === primary?.accountId) ?? accounts[0]
}

/** The account behind a UPI ID of mine, while it is linked. */
export const accountOf = (accounts: Account[] | undefined, vpa: string): Account | undefined =>
  accounts?.find(({ vpas }) => vpas.includes(vpa))

/** `•• 1234` of `XXXXXXXX1234`. */
export const shortAccountNumber = (maskedNumber: string) => `•• ${maskedNumber.slice(-4)}`

// Who is behind a UPI ID, by the name that their bank has registered.
import { findPhonePayee, resolveVpa } from '@bahi/contracts/account.ts'
import type { EmvAccount } from '@bahi/contracts/codes/emv-code.ts'
import { splitVpa } from '@bahi/contracts/formats.ts'
import { numberVpa } from '@bahi/contracts/number-rules.ts'
import { skipToken, useMutation, useQuery, type QueryClient } from '@tanstack/react-query'
import { call } from '../api/client.ts'

/** Asks nothing for what is no UPI ID. */
export const useRegisteredPayee = (vpa: string) =>
  useQuery({
    queryKey: ['payee', vpa],
    queryFn: () => call(resolveVpa, { params: { vpa } }),
    staleTime: 60_000,
    enabled: splitVpa(vpa) !== undefined,
  })

/**
 * Who has registered with a phone (`+91…`), or whom a UPI number leads to, at the UPI ID to pay them at; `not-found`
 * when nobody has it.
 */
export const useFindNumberPayee = () =>
  useMutation({
    mutationFn: (number: string) =>
      number.startsWith('+')
        ? call(findPhonePayee, { body: { phone: number } })
        : call(resolveVpa, { params: { vpa: numberVpa(number) } }),
  })

/** The number of the account that a payee was found by: shown until it is paid, in no address and in no storage. */
const typedAccountKey = (vpa: string) => ['payee-account', vpa]

export function rememberTypedAccount(client: QueryClient, vpa: string, accountNumber: string): void {
  client.setQueryData(typedAccountKey(vpa), accountNumber)
}

/** The account of a code that was scanned, from there to where it is paid: as the number that is typed. */
export type ScannedAccount = EmvAccount & { text: string; isPicture: boolean }
const scannedAccountKey = ['payee-account', 'scanned']

export function rememberScannedAccount(client: QueryClient, scanned: ScannedAccount): void {
  client.setQueryData(scannedAccountKey, scanned)
}

export const useScannedAccount = (): ScannedAccount | undefined =>
  useQuery<ScannedAccount>({ queryKey: scannedAccountKey, queryFn: skipToken }).data

export const useTypedAccount = (vpa: string): string | undefined =>
  useQuery<string>({ queryKey: typedAccountKey(vpa), queryFn: skipToken }).data

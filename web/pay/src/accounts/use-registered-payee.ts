// Who is behind a UPI ID, by the name that their bank has registered.
import { resolveVpa } from '@bahi/contracts/account.ts'
import { splitVpa } from '@bahi/contracts/formats.ts'
import { useQuery } from '@tanstack/react-query'
import { call } from '../api/client.ts'

/** Asks nothing for what is no UPI ID. */
export const useRegisteredPayee = (vpa: string) =>
  useQuery({
    queryKey: ['payee', vpa],
    queryFn: () => call(resolveVpa, { params: { vpa } }),
    staleTime: 60_000,
    enabled: splitVpa(vpa) !== undefined,
  })

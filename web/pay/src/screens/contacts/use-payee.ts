// The name that a bank has registered for a UPI ID.
import { resolveVpa } from '@bahi/contracts/account.ts'
import { splitVpa } from '@bahi/contracts/formats.ts'
import { useQuery } from '@tanstack/react-query'
import { call } from '../../api/client.ts'

export function useRegisteredName(vpa: string) {
  return useQuery({
    queryKey: ['payee', vpa],
    queryFn: () => call(resolveVpa, { params: { vpa } }),
    staleTime: 60_000,
    enabled: splitVpa(vpa) !== undefined,
  })
}

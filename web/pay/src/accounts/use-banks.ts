// The banks that accounts can be linked at.
import { listBanks } from '@bahi/contracts/account.ts'
import { useQuery } from '@tanstack/react-query'
import { callPublic } from '../api/client.ts'

export const useBanks = () =>
  useQuery({
    queryKey: ['banks'],
    queryFn: () => callPublic(listBanks, {}),
    select: ({ banks }) => banks,
    staleTime: 600_000,
  })

// How a person signs in, for all parts of their page that show it: each look is on record, so it is asked for once.
import { showPersonSignIn } from '@bahi/contracts/person-look-up.ts'
import { useQuery } from '@tanstack/react-query'
import { call } from '../../api/client.ts'

export const useSignInOf = (userId: string) =>
  useQuery({
    queryKey: ['person', userId, 'sign-in'],
    queryFn: () => call(showPersonSignIn, { params: { userId } }),
  })

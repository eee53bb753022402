// The key of this device that opens the app beside the passcode; null: none.
import { canUsePasskeys } from '@bahi/web-ui/browser/passkeys.ts'
import { useQuery } from '@tanstack/react-query'
import { storage } from '../../storage/storage.ts'

export const useDeviceKey = () =>
  useQuery({
    queryKey: ['device-lock-key'],
    // A query has no answer of undefined.
    queryFn: async () => (await storage.deviceKey()) ?? null,
    enabled: canUsePasskeys(),
    networkMode: 'always',
    gcTime: 0,
  })

// Push messages in this browser: whether it takes them, and taking them or not.
import { pushKey, subscribeToPush, unsubscribeFromPush } from '@bahi/contracts/push.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/client.ts'
import { pushManager } from './push-manager.ts'

/** `unsupported`: this browser or installation has no push. `denied`: its person has forbidden it to the app. */
export type PushState = 'unsupported' | 'denied' | 'off' | 'on'

const key = ['push']

const send = async (subscription: PushSubscription) => {
  const { endpoint, keys = {} } = subscription.toJSON()
  const { p256dh = '', auth = '' } = keys
  await call(subscribeToPush, { body: { endpoint: endpoint ?? '', keys: { p256dh, auth } } })
}

async function readState(): Promise<PushState> {
  const push = await pushManager()
  if (!push) return 'unsupported'
  if (Notification.permission === 'denied') return 'denied'
  const subscription = await push.getSubscription()
  if (!subscription) return 'off'
  // It may be of a session before this one, which took the services' record of it along.
  await send(subscription)
  return 'on'
}

export const usePush = () => useQuery({ queryKey: key, queryFn: readState, staleTime: Infinity })

/** Asks the person where they were not asked yet. Throws when the services or the browser's push service refuse. */
export function useChangePush() {
  const client = useQueryClient()
  return useMutation({
    async mutationFn(on: boolean): Promise<PushState> {
      const push = await pushManager()
      if (!push) return 'unsupported'
      if (!on) {
        await (await push.getSubscription())?.unsubscribe()
        await call(unsubscribeFromPush, {})
        return 'off'
      }
      if ((await Notification.requestPermission()) !== 'granted') return 'denied'
      const { key: applicationServerKey } = await call(pushKey, {})
      const options = { userVisibleOnly: true, applicationServerKey }
      await send((await push.getSubscription()) ?? (await push.subscribe(options)))
      return 'on'
    },
    onSuccess: (state) => client.setQueryData(key, state),
  })
}

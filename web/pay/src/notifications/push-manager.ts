// The browser's push, for what takes messages and for what ends that; the start needs no more of it.

export async function pushManager(): Promise<PushManager | undefined> {
  if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window))
    return undefined
  return (await navigator.serviceWorker.getRegistration())?.pushManager
}

/** On a device that is left to others: its session has ended, and the browser's subscription with it. */
export async function forgetPush(): Promise<void> {
  await (await (await pushManager())?.getSubscription())?.unsubscribe()
}

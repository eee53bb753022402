/*
 * What the service worker does with push messages: the build appends this to the worker, whose page lets it import no
 * other file. A message names neither amounts nor people; it leads to a screen of the app.
 */
self.addEventListener('push', (event) => {
  let message = {}
  try {
    message = event.data.json()
  } catch {
    // Without content, something is said all the same: a browser takes the right away from who stays silent.
  }
  const { id, title = 'bahi', text = '', path = '/' } = message
  event.waitUntil(
    self.registration.showNotification(title, { body: text, tag: id, icon: '/icon-192.png', data: { path } }),
  )
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const url = new URL(event.notification.data?.path ?? '/', self.location.origin)
  if (url.origin !== self.location.origin) return
  event.waitUntil(
    self.clients.matchAll({ type: 'window' }).then((windows) => {
      const [open] = windows
      return open ? open.focus().then(() => open.navigate(url.href)) : self.clients.openWindow(url.href)
    }),
  )
})

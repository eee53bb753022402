// Starts the app: theme, language, session, and the screen of the address.
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { RouterProvider } from 'react-router'
import { newRouter } from './app/sitemap.tsx'
import { startSession } from './session/session-lifecycle.ts'
import { chooseLanguage } from './language/language.ts'
import { newQueryClient } from './api/query-client.ts'
import { followKeyboard } from '@bahi/web-ui/browser/keyboard.ts'
import '@bahi/web-ui/theme/style.css'
import { startTheme } from '@bahi/web-ui/theme/theme.ts'
import { registerServiceWorker } from './app/service-worker.ts'

startTheme()
followKeyboard()
// Yields once, so that a slow phone paints what is there and handles input before the app goes on.
await new Promise((done) => setTimeout(done))
await chooseLanguage()
const client = newQueryClient()
// Without a network the app starts all the same: with what this device has kept.
await startSession(client)

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={newRouter()} />
    </QueryClientProvider>
  </StrictMode>,
)

void registerServiceWorker()

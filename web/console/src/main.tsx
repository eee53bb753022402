// Starts the console: theme, language, session, and the screen of the address.
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { RouterProvider } from 'react-router'
import { startTheme } from '@bahi/web-ui/theme/theme.ts'
import '@bahi/web-ui/theme/style.css'
import { newQueryClient } from './api/query-client.ts'
import { newRouter } from './app/sitemap.tsx'
import { chooseLanguage } from './language/language.ts'
import { resumeSession } from './api/client.ts'
import { watchIdleness } from './session/idleness.ts'

startTheme()
await chooseLanguage()
const client = newQueryClient()
await resumeSession()
watchIdleness(client)

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={newRouter()} />
    </QueryClientProvider>
  </StrictMode>,
)

// What stands around the screens of somebody who is signed in: the tabs, the word that one is offline, live news.
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { NavLink, Navigate, Outlet, useLocation } from 'react-router'
import { lastHeardMs } from './keep-queries.ts'
import { useLanguage, useText } from './language.ts'
import { listen } from './live.ts'
import { useOnline } from './network.ts'
import { useSession } from './session.ts'
import type { TextKey } from './texts/en.ts'
import { Icon, type IconName } from './ui/icon.tsx'
import { shortMomentOf } from './when.ts'

const tabs: [to: string, icon: IconName, text: TextKey][] = [
  ['/', 'home', 'nav.home'],
  ['/scan', 'scan', 'nav.scan'],
  ['/history', 'clock', 'nav.history'],
  ['/profile', 'person', 'nav.profile'],
]

/** Screens for people who are signed in; everybody else is sent to the door, and comes back here afterwards. */
export function Frame() {
  const { state } = useSession()
  const t = useText()
  const { pathname, search } = useLocation()
  const isOnline = useOnline()
  const client = useQueryClient()
  useEffect(() => {
    if (state !== 'signed-in') return
    const ended = new AbortController()
    // Whatever is told of may have changed any of these.
    void listen(() => void client.invalidateQueries(), ended.signal)
    return () => ended.abort()
  }, [state, client])
  if (state === 'signed-out')
    return <Navigate to="/welcome" state={{ returnTo: pathname + search }} replace />
  return (
    <>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-full focus:bg-card focus:px-4 focus:py-2"
      >
        {t('app.skip')}
      </a>
      <div role="status">{!isOnline && <OfflineBar />}</div>
      <main id="content">
        <Outlet />
      </main>
      <nav
        aria-label={t('app.name')}
        className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-card pb-[env(safe-area-inset-bottom)]"
      >
        <ul className="mx-auto flex max-w-xl">
          {tabs.map(([to, icon, text]) => (
            <li key={to} className="flex-1">
              <NavLink
                to={to}
                end={to === '/'}
                className={({ isActive }) =>
                  `flex min-h-16 flex-col items-center justify-center gap-0.5 text-xs font-medium ${isActive ? 'text-accent' : 'text-soft'}`
                }
              >
                <Icon name={icon} />
                {t(text)}
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
    </>
  )
}

/** What is on the screen is as old as this says. */
function OfflineBar() {
  const t = useText()
  const { language } = useLanguage()
  const heardMs = lastHeardMs(useQueryClient())
  return (
    <p className="bg-wait-tint px-4 py-2 text-center text-sm text-wait">
      {heardMs === undefined
        ? t('app.offline-empty')
        : t('app.offline', { at: shortMomentOf(language, new Date(heardMs)) })}
    </p>
  )
}

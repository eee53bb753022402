// The frame around the screens of a signed-in person: tabs, the offline bar, live updates.
import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useEffect } from 'react'
import { NavLink, Navigate, Outlet, useLocation, useMatches } from 'react-router'
import { useHasPanel, useIsWide } from '@bahi/web-ui/browser/breakpoint.ts'
import { lastUpdatedMs } from '../storage/saved-queries.ts'
import { useLanguage, useText } from '../language/language.ts'
import { followLive } from '../api/live-windows.ts'
import { applyMessages } from '../notifications/apply-message.ts'
import { useFollowAttempts } from '../payments/use-outcome.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { useSession } from '../session/session.ts'
import type { TextKey } from '../language/en.ts'
import { Icon, type IconName } from '@bahi/web-ui/components/icon.tsx'
import { formatShortMoment } from '@bahi/web-ui/format/dates.ts'
import { Logo } from '@bahi/web-ui/components/logo.tsx'
import { PanelContext } from '@bahi/web-ui/components/page.tsx'

const DesktopPanel = lazy(() =>
  import('./desktop-panel.tsx').then(({ DesktopPanel: it }) => ({ default: it })),
)

/** The handle of a route that is a step of a payment or of a PIN: nothing leads away from it by the way. */
export const flow = 'flow'

type Tab = { to: string; icon: IconName; text: TextKey; wideOnly?: true }

/** `wideOnly`: on wide screens only; on a phone it is on the home screen or in the profile. */
const tabs: Tab[] = [
  { to: '/', icon: 'home', text: 'nav.home' },
  { to: '/pay', icon: 'send', text: 'home.pay', wideOnly: true },
  { to: '/scan', icon: 'scan', text: 'nav.scan' },
  { to: '/receive', icon: 'qr', text: 'home.receive', wideOnly: true },
  { to: '/requests', icon: 'receive', text: 'requests.title', wideOnly: true },
  { to: '/schedules', icon: 'calendar', text: 'schedules.title', wideOnly: true },
  { to: '/autopay', icon: 'again', text: 'autopay.title', wideOnly: true },
  { to: '/history', icon: 'clock', text: 'nav.history' },
  { to: '/contacts', icon: 'people', text: 'contacts.title', wideOnly: true },
  { to: '/accounts', icon: 'bank', text: 'accounts.title', wideOnly: true },
  { to: '/profile', icon: 'person', text: 'nav.profile' },
]

const panel = (
  <Suspense>
    <DesktopPanel />
  </Suspense>
)

/** Without a session the welcome screen is shown, and this screen again after signing in. */
export function SignedInFrame() {
  const { state, signedIn } = useSession()
  const userId = signedIn?.userId
  const t = useText()
  const { pathname, search } = useLocation()
  const isOnline = useOnline()
  const hasPanel = useHasPanel()
  const client = useQueryClient()
  const isFlow = useMatches().some(({ handle }) => handle === flow)
  useFollowAttempts()
  useEffect(() => {
    if (userId === undefined) return
    const ended = new AbortController()
    void followLive(userId, (messages) => applyMessages(client, messages), ended.signal)
    return () => ended.abort()
  }, [userId, client])
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
      {!isFlow && <Tabs />}
      <div className={isFlow ? '' : besideTabs}>
        <div role="status">{!isOnline && <OfflineBar />}</div>
        <main id="content" tabIndex={-1} className="outline-none">
          <PanelContext value={hasPanel ? panel : undefined}>
            <Outlet />
          </PanelContext>
        </main>
      </div>
    </>
  )
}

/** What the bar of tabs covers of a screen, and the place beside the rail. */
const besideTabs =
  '[--tabs:calc(4rem+env(safe-area-inset-bottom))] lg:pl-60 lg:[--tabs:0px] print:pl-0 print:[--tabs:0px]'
const barClass = 'fixed inset-x-0 bottom-0 z-30 border-t border-line bg-card pb-[env(safe-area-inset-bottom)]'
const railClass = 'lg:inset-y-0 lg:right-auto lg:w-60 lg:border-t-0 lg:border-r lg:px-3 lg:py-5'
const tabClass = 'flex min-h-16 flex-col items-center justify-center gap-0.5 text-xs font-medium'
const tabWide = 'lg:min-h-12 lg:flex-row lg:justify-start lg:gap-3 lg:rounded-2xl lg:px-4 lg:text-base'

/** At the bottom on a phone, at the side on a wide screen. */
function Tabs() {
  const t = useText()
  const isWide = useIsWide()
  const shown = tabs.filter(({ wideOnly }) => isWide || !wideOnly)
  return (
    <nav aria-label={t('app.name')} className={`${barClass} ${railClass}`}>
      <p aria-hidden="true" className="mb-6 hidden items-center gap-3 px-4 text-2xl font-bold lg:flex">
        <Logo className="size-9" />
        {t('app.name')}
      </p>
      <ul className="mx-auto flex max-w-xl lg:flex-col lg:gap-1">
        {shown.map(({ to, icon, text }) => (
          <li key={to} className="flex-1">
            <NavLink
              to={to}
              end={to === '/'}
              className={({ isActive }) =>
                `${tabClass} ${tabWide} ${isActive ? 'text-accent lg:bg-tint' : 'text-soft lg:hover:bg-sunk'}`
              }
            >
              <Icon name={icon} />
              {t(text)}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** Says how old the shown data is. */
function OfflineBar() {
  const t = useText()
  const { language } = useLanguage()
  const updatedMs = lastUpdatedMs(useQueryClient())
  return (
    <p className="bg-wait-tint px-4 py-2 text-center text-sm text-wait">
      {updatedMs === undefined
        ? t('app.offline-empty')
        : t('app.offline', { at: formatShortMoment(language, new Date(updatedMs)) })}
    </p>
  )
}

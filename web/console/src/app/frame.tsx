// The frame around the screens of who is signed in: the rail, language and theme, the offline bar, signing out.
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Icon, type IconName } from '@bahi/web-ui/components/icon.tsx'
import { Logo } from '@bahi/web-ui/components/logo.tsx'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { useState } from 'react'
import { NavLink, Navigate, Outlet, useLocation, useNavigate } from 'react-router'
import { leave } from '../api/client.ts'
import { Preferences } from '../components/preferences.tsx'
import { useText } from '../language/language.ts'
import { useSession } from '../session/session.ts'
import { KeysHelp } from './keys-help.tsx'
import { useKeysText } from './keys-texts.ts'
import { useKeys } from './keys.ts'
import { homeLetter, useQueues } from './queues.ts'

/** Without a session, or its second factor, the screen that asks for it is shown, and this screen again after it. */
export function Frame() {
  const { signedIn } = useSession()
  const { pathname, search } = useLocation()
  const isOnline = useOnline()
  const t = useText()
  const state = { returnTo: pathname + search }
  if (!signedIn) return <Navigate to="/sign-in" state={state} replace />
  if (!signedIn.isProven) return <Navigate to="/second-factor" state={state} replace />
  return (
    <div className="lg:grid lg:min-h-dvh lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-full focus:bg-card focus:px-4 focus:py-2"
      >
        {t('app.skip')}
      </a>
      <Rail />
      <div className="min-w-0">
        <div role="status">
          {!isOnline && (
            <p className="bg-wait-tint px-4 py-2 text-center text-sm text-wait">{t('problem.offline')}</p>
          )}
        </div>
        <main id="content" tabIndex={-1} className="outline-none">
          <Outlet />
        </main>
      </div>
    </div>
  )
}

function Rail() {
  const t = useText()
  const queues = useQueues()
  return (
    <header className="flex flex-col gap-3 border-b border-line bg-card p-3 lg:sticky lg:top-0 lg:h-dvh lg:overflow-y-auto lg:border-r lg:border-b-0 lg:py-5">
      <p className="flex items-center gap-3 px-3 text-lg font-bold">
        <Logo className="size-8" />
        {t('app.name')}
      </p>
      <nav aria-label={t('app.name')}>
        <ul className="flex gap-1 overflow-x-auto lg:flex-col">
          <Tab to="/" icon="home" text={t('home.title')} />
          {queues.map(({ to, icon, text }) => (
            <Tab key={to} to={to} icon={icon} text={t(text)} />
          ))}
        </ul>
      </nav>
      <div className="flex flex-wrap items-center gap-1 px-1 sm:gap-2 lg:mt-auto lg:px-3">
        <Preferences />
        <Keys />
        <LinkButton look="bare" className="px-1!" to="/own-factor">
          {t('factor.own')}
        </LinkButton>
        <Button look="bare" className="px-1!" onClick={() => void leave()}>
          {t('sign-out')}
        </Button>
      </div>
    </header>
  )
}

/** The keys of the console, and the button that lists them. */
function Keys() {
  const t = useKeysText()
  const navigate = useNavigate()
  const [isOpen, setIsOpen] = useState(false)
  const pages = [
    { letter: homeLetter, to: '/', text: t('home.title') },
    ...useQueues().map(({ letter, to, text }) => ({ letter, to, text: t(text) })),
  ]
  useKeys({
    pages: new Map(pages.map(({ letter, to }) => [letter, to])),
    onPage: (to) => void navigate(to),
    onHelp: () => setIsOpen(true),
  })
  return (
    <>
      <button
        type="button"
        aria-label={t('keys.title')}
        title={t('keys.title')}
        className="grid size-11 place-items-center rounded-full border border-line font-semibold hover:bg-sunk"
        onClick={() => setIsOpen(true)}
      >
        <span aria-hidden="true">?</span>
      </button>
      <Sheet open={isOpen} onClose={() => setIsOpen(false)} title={t('keys.title')}>
        <KeysHelp pages={pages} />
      </Sheet>
    </>
  )
}

function Tab({ to, icon, text }: { to: string; icon: IconName; text: string }) {
  return (
    <li className="shrink-0">
      <NavLink
        to={to}
        end={to === '/'}
        className={({ isActive }) =>
          `flex min-h-11 items-center gap-3 rounded-2xl px-3 text-sm font-medium ${isActive ? 'bg-tint text-accent' : 'text-soft hover:bg-sunk'}`
        }
      >
        <Icon name={icon} className="size-5" />
        {text}
      </NavLink>
    </li>
  )
}

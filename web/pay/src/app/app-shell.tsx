// Around every screen: the app's lock, the sheet to sign in again, the bars for blocked site data and a new version.
import { lazy, Suspense } from 'react'
import { Outlet } from 'react-router'
import { useText } from '../language/language.ts'
import { useAppLock } from '../session/app-lock.ts'
import { useSession } from '../session/session.ts'
import { useStepUp } from '../session/step-up.ts'
import { isSiteDataBlocked } from '@bahi/web-ui/browser/settings.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { useProfileLanguage } from '../language/use-profile-language.ts'
import { applyUpdate, useAppUpdate } from './service-worker.ts'

const LockScreen = lazy(() =>
  import('../screens/lock/lock-screen.tsx').then(({ LockScreen: it }) => ({ default: it })),
)
const AgainSheet = lazy(() =>
  import('../screens/sign-in/reauthentication-sheet.tsx').then(({ ReauthenticationSheet: it }) => ({
    default: it,
  })),
)

const StepUpSheet = lazy(() =>
  import('../session/step-up-sheet.tsx').then(({ StepUpSheet: it }) => ({ default: it })),
)

/** A screen that was open stays as it is behind the lock; when the app opens, nothing is behind it yet. */
export function AppShell() {
  const { isLocked } = useAppLock()
  const { state, needsReauthentication } = useSession()
  const { asked } = useStepUp()
  const isFirstLock = isLocked && state === 'unknown'
  return (
    <>
      {!isFirstLock && (
        <div className={isLocked ? 'invisible' : undefined}>
          {isSiteDataBlocked() && <BlockedBar />}
          <UpdateBar />
          <Outlet />
        </div>
      )}
      {state === 'signed-in' && !isLocked && <ProfileLanguage />}
      <Suspense>
        {isLocked && <LockScreen />}
        {needsReauthentication && !isLocked && <AgainSheet />}
        {asked && !isLocked && <StepUpSheet />}
      </Suspense>
    </>
  )
}

function ProfileLanguage() {
  useProfileLanguage()
  return null
}

/** The app works all the same, and is signed out with the page. */
function BlockedBar() {
  const t = useText()
  return <p className="bg-wait-tint px-4 py-2 text-center text-sm text-wait">{t('app.site-data-blocked')}</p>
}

function UpdateBar() {
  const t = useText()
  const { isReady } = useAppUpdate()
  return (
    <div role="status">
      {isReady && (
        <div className="flex items-center justify-center gap-3 bg-good-tint px-4 py-1 text-sm text-good">
          <p>{t('app.update')}</p>
          <Button look="bare" className="px-3" onClick={applyUpdate}>
            {t('app.reload')}
          </Button>
        </div>
      )}
    </div>
  )
}

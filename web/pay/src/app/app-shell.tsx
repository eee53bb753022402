// What stands before every screen: the lock of the app, the question to sign in again, the word of a new version.
import { lazy, Suspense } from 'react'
import { Outlet } from 'react-router'
import { useText } from '../language/language.ts'
import { useLock } from '../session/app-lock.ts'
import { useSession } from '../session/session.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { useProfileLanguage } from '../language/use-profile-language.ts'
import { update, useUpdate } from './service-worker.ts'

const LockScreen = lazy(() =>
  import('../screens/lock/lock-screen.tsx').then(({ LockScreen: it }) => ({ default: it })),
)
const AgainSheet = lazy(() =>
  import('../screens/sign-in/reauthentication-sheet.tsx').then(({ AgainSheet: it }) => ({ default: it })),
)

/** A screen that was open stays as it is behind the lock; when the app opens, nothing is behind it yet. */
export function Gate() {
  const { isClosed } = useLock()
  const { state, asksAgain } = useSession()
  const isNew = isClosed && state === 'unknown'
  return (
    <>
      {!isNew && (
        <div className={isClosed ? 'invisible' : undefined}>
          <UpdateBar />
          <Outlet />
        </div>
      )}
      {state === 'signed-in' && !isClosed && <LanguageOfProfile />}
      <Suspense>
        {isClosed && <LockScreen />}
        {asksAgain && !isClosed && <AgainSheet />}
      </Suspense>
    </>
  )
}

function LanguageOfProfile() {
  useProfileLanguage()
  return null
}

function UpdateBar() {
  const t = useText()
  const { isReady } = useUpdate()
  return (
    <div role="status">
      {isReady && (
        <div className="flex items-center justify-center gap-3 bg-good-tint px-4 py-1 text-sm text-good">
          <p>{t('app.update')}</p>
          <Button look="bare" className="px-3" onClick={update}>
            {t('app.reload')}
          </Button>
        </div>
      )}
    </div>
  )
}

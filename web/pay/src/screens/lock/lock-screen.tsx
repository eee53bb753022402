// Asks for the passcode, or for this device itself, over everything: what is behind can be neither seen nor reached.
import { secretOfDeviceLockKey, type DeviceLockKey } from '@bahi/web-ui/browser/passkeys.ts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLayoutEffect, useRef, useState } from 'react'
import { resumeSession, logOut } from '../../session/session-lifecycle.ts'
import { storage } from '../../storage/storage.ts'
import { useLockText } from './lock-texts.ts'
import { useAppLock } from '../../session/app-lock.ts'
import { useSession } from '../../session/session.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { DigitBoxes } from '@bahi/web-ui/components/digit-boxes.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'
import { passcodeLength } from './passcode.ts'
import { useDeviceKey } from './use-device-key.ts'
import { Logo } from '@bahi/web-ui/components/logo.tsx'
import { ErrorNote } from '@bahi/web-ui/components/states.tsx'

export function LockScreen() {
  const t = useLockText()
  const client = useQueryClient()
  const dialog = useRef<HTMLDialogElement>(null)
  const [passcode, setPasscode] = useState('')
  const [triesLeft, setTriesLeft] = useState<number>()
  const [forgot, setForgot] = useState(false)
  const [before] = useState(() => document.activeElement)
  useLayoutEffect(() => {
    const own = dialog.current
    own?.showModal()
    return () => {
      own?.close()
      // Back to where one was, once that can be seen again: a form goes on with its next letter.
      if (before instanceof HTMLElement) requestAnimationFrame(() => before.focus())
    }
  }, [before])
  const unlocking = useMutation({
    async mutationFn(digits: string) {
      const unlocked = await storage.unlock(digits)
      if (unlocked.open) return enter()
      setPasscode('')
      setTriesLeft(unlocked.triesLeft)
      if (unlocked.triesLeft === 0) await logOut(client)
    },
  })
  const { data: deviceKey } = useDeviceKey()
  const byDevice = useMutation({
    networkMode: 'always',
    async mutationFn(key: DeviceLockKey) {
      const secret = await secretOfDeviceLockKey(key)
      if (!secret || !(await storage.unlockByDevice(secret))) throw new Error('it is not the key')
      await enter()
    },
  })
  async function enter(): Promise<void> {
    if (useSession.getState().state === 'unknown') await resumeSession(client)
    useAppLock.setState({ isLocked: false })
  }
  const leaving = useMutation({ mutationFn: () => logOut(client) })
  return (
    <dialog
      ref={dialog}
      aria-labelledby="lock-title"
      onCancel={(event) => event.preventDefault()}
      // A browser lets Escape close what was cancelled twice: this stays.
      onClose={() => isConnectedAndShut(dialog.current) && dialog.current?.showModal()}
      className="fixed inset-0 size-full max-h-none max-w-none bg-paper text-ink"
    >
      <div className="mx-auto flex min-h-full max-w-sm flex-col justify-center gap-6 px-6 py-10">
        <div className="flex flex-col items-center gap-3 text-center">
          <Logo className="size-16" />
          <h1 id="lock-title" className="text-2xl font-bold">
            {t('lock.title')}
          </h1>
          <p className="text-soft">{t('lock.enter')}</p>
        </div>
        <DigitBoxes
          label={t('lock.passcode')}
          length={passcodeLength}
          secret
          autoFocus
          value={passcode}
          onChange={(digits) => !unlocking.isPending && setPasscode(digits)}
          onFull={(digits) => !unlocking.isPending && unlocking.mutate(digits)}
          fault={
            triesLeft === undefined || passcode !== '' ? undefined : t('lock.wrong', { count: triesLeft })
          }
        />
        <ProblemNote error={unlocking.error} />
        {deviceKey && (
          <Button look="quiet" busy={byDevice.isPending} onClick={() => byDevice.mutate(deviceKey)}>
            {t('lock.by-device')}
          </Button>
        )}
        {byDevice.isError && <ErrorNote message={t('lock.device-failed')} />}
        <p role="status" className="sr-only">
          {unlocking.isPending ? t('state.sending') : ''}
        </p>
        {forgot ? (
          <div className="flex flex-col gap-3 rounded-card bg-sunk p-4">
            <p>{t('lock.forgot-text')}</p>
            <Button busy={leaving.isPending} onClick={() => leaving.mutate()}>
              {t('profile.log-out')}
            </Button>
            <Button look="bare" onClick={() => setForgot(false)}>
              {t('action.cancel')}
            </Button>
          </div>
        ) : (
          <Button look="bare" onClick={() => setForgot(true)}>
            {t('lock.forgot')}
          </Button>
        )}
      </div>
    </dialog>
  )
}

const isConnectedAndShut = (dialog: HTMLDialogElement | null) =>
  dialog !== null && dialog.isConnected && !dialog.open

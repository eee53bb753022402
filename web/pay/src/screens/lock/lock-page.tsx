// Puts a passcode before the app, changes it, or takes it away.
import { canUsePasskeys, makeDeviceLockKey } from '@bahi/web-ui/browser/passkeys.ts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { logOut, removePasscode, setPasscode } from '../../session/session-lifecycle.ts'
import { storage } from '../../storage/storage.ts'
import { useLockText } from './lock-texts.ts'
import { useAppLock } from '../../session/app-lock.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { DigitBoxes } from '@bahi/web-ui/components/digit-boxes.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { ErrorNote } from '@bahi/web-ui/components/states.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'
import { isGuessable, passcodeLength } from './passcode.ts'
import { useDeviceKey } from './use-device-key.ts'

/** What is asked for now; who has a passcode gives it before it is changed or taken away. */
type Step = 'show' | 'to-change' | 'to-remove' | 'to-use-device' | 'choose' | 'repeat'
const asked = {
  'to-change': ['lock.current', 'lock.passcode'],
  'to-remove': ['lock.current', 'lock.passcode'],
  'to-use-device': ['lock.current', 'lock.passcode'],
  choose: ['lock.choose', 'lock.passcode-new'],
  repeat: ['lock.repeat', 'lock.passcode-again'],
} as const

export function Component() {
  const t = useLockText()
  const client = useQueryClient()
  const { hasPasscode } = useAppLock()
  const [step, setStep] = useState<Step>('show')
  const [chosen, setChosen] = useState('')
  const [typed, setTyped] = useState('')
  const [fault, setFault] = useState<string>()
  const [said, setSaid] = useState('')
  const go = (to: Step, why?: string) => {
    setStep(to)
    setTyped('')
    setFault(why)
  }
  const setting = useMutation({
    mutationFn: setPasscode,
    onSuccess: () => {
      setChosen('')
      go('show')
      void deviceKey.refetch()
      setSaid(t('lock.is-on'))
    },
  })
  const removing = useMutation({
    async mutationFn(digits: string) {
      if (!(await knows(digits))) return
      await removePasscode()
      go('show')
      setSaid(t('lock.is-off'))
    },
  })
  const checking = useMutation({
    async mutationFn(digits: string) {
      if (await knows(digits)) go('choose')
    },
  })
  const deviceKey = useDeviceKey()
  const usingDevice = useMutation({
    networkMode: 'always',
    async mutationFn(digits: string) {
      if (!(await knows(digits))) return
      go('show')
      const key = await makeDeviceLockKey('bahi')
      if (!key) throw new Error('this device has no secret')
      await storage.setDeviceKey(key, digits)
      await deviceKey.refetch()
      setSaid(t('lock.is-on'))
    },
  })
  async function knows(digits: string): Promise<boolean> {
    const unlocked = await storage.unlock(digits)
    if (unlocked.open) return true
    if (unlocked.triesLeft === 0) await logOut(client)
    else go(step, t('lock.wrong', { count: unlocked.triesLeft }))
    return false
  }
  function full(digits: string) {
    if (step === 'to-change') return checking.mutate(digits)
    if (step === 'to-remove') return removing.mutate(digits)
    if (step === 'to-use-device') return usingDevice.mutate(digits)
    if (step === 'choose') {
      if (isGuessable(digits)) return go('choose', t('lock.guessable'))
      setChosen(digits)
      return go('repeat')
    }
    if (digits !== chosen) return go('choose', t('lock.different'))
    setting.mutate(digits)
  }
  const busy = [setting, removing, checking, usingDevice].some(({ isPending }) => isPending)
  if (step !== 'show') {
    const [about, label] = asked[step]
    return (
      <Page title={t('lock.heading')} back="/profile">
        <p className="text-soft">{t(about)}</p>
        <DigitBoxes
          key={step}
          label={t(label)}
          length={passcodeLength}
          secret
          autoFocus
          value={typed}
          onChange={(digits) => {
            if (busy) return
            setTyped(digits)
            if (digits !== '') setFault(undefined)
          }}
          onFull={(digits) => !busy && full(digits)}
          fault={fault}
        />
        <ProblemNote error={setting.error ?? removing.error ?? checking.error} />
        <Button look="quiet" busy={busy} onClick={() => go('show')}>
          {t('action.cancel')}
        </Button>
      </Page>
    )
  }
  return (
    <Page title={t('lock.heading')} back="/profile">
      <Card className="flex flex-col gap-4">
        <p className="flex items-center gap-3 text-lg font-semibold">
          <span
            className={`grid size-11 place-items-center rounded-full ${hasPasscode ? 'bg-good-tint text-good' : 'bg-sunk text-soft'}`}
          >
            <Icon name="lock" />
          </span>
          {t(hasPasscode ? 'lock.on' : 'lock.off')}
        </p>
        <p className="text-soft">{t('lock.about')}</p>
        <p className="text-soft">{t('lock.tries')}</p>
        <Button onClick={() => go(hasPasscode ? 'to-change' : 'choose')} disabled={!storage.isAvailable} wide>
          {t(hasPasscode ? 'lock.change' : 'lock.set')}
        </Button>
        {hasPasscode && (
          <Button look="quiet" onClick={() => go('to-remove')} wide>
            {t('lock.remove')}
          </Button>
        )}
        {hasPasscode &&
          canUsePasskeys() &&
          (deviceKey.data ? (
            <Button
              look="quiet"
              wide
              onClick={() => void storage.removeDeviceKey().then(() => deviceKey.refetch())}
            >
              {t('lock.stop-device')}
            </Button>
          ) : (
            <Button look="quiet" wide busy={usingDevice.isPending} onClick={() => go('to-use-device')}>
              {t('lock.use-device')}
            </Button>
          ))}
        {usingDevice.isError && <ErrorNote message={t('lock.device-failed')} />}
        {!storage.isAvailable && <p className="text-wait">{t('lock.impossible')}</p>}
      </Card>
      <p role="status" className={said ? 'text-center text-good' : 'sr-only'}>
        {said}
      </p>
    </Page>
  )
}

// Whether this device shows messages while the app is closed.
import { useChangePush, usePush } from '../../notifications/push.ts'
import { ProblemNote } from '../../api/problem-states.tsx'
import { useText } from '../../language/language.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Switch } from '@bahi/web-ui/components/switch.tsx'

export function PushSwitch() {
  const t = useText()
  const isOnline = useOnline()
  const { data: state } = usePush()
  const changing = useChangePush()
  if (state === undefined || state === 'unsupported') return null
  return (
    <>
      <Switch
        label={t('profile.push')}
        under={t(state === 'denied' ? 'profile.push-denied' : 'profile.push-text')}
        on={state === 'on'}
        disabled={!isOnline || state === 'denied' || changing.isPending}
        onChange={(on) => changing.mutate(on)}
      />
      <ProblemNote error={changing.error} />
    </>
  )
}

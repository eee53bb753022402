// Which kinds of messages reach me on which channels: a list of kinds, and a sheet with the channels of one.
import {
  messageKinds,
  mutingRules,
  type MessageChannel,
  type MessageKind,
} from '@bahi/contracts/message-kinds.ts'
import type { Preferences } from '@bahi/contracts/notification.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { Switch } from '@bahi/web-ui/components/switch.tsx'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { useState } from 'react'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { useMe } from '../../accounts/my-accounts.ts'
import { useKindsText } from './kinds-texts.ts'
import { useChangePreferences, usePreferences } from './use-profile.ts'

const channelText = (t: ReturnType<typeof useKindsText>, channel: MessageChannel) =>
  channel === 'push' ? t('kinds.push') : t(`profile.notifications-${channel}`)

const mutableNow = () => rulesAt(mutingRules, new Date(serverNow())).mutable

export function Component() {
  const t = useKindsText()
  const preferences = usePreferences()
  const [chosen, setChosen] = useState<MessageKind>()
  const { data } = preferences
  const under = (kind: MessageKind, muted: Preferences['muted']) => {
    const off = muted[kind] ?? []
    if (off.length === 0) return t('kinds.all-on')
    return t('kinds.off', { channels: off.map((channel) => channelText(t, channel)).join(', ') })
  }
  return (
    <Page title={t('kinds.title')} back="/profile">
      <p className="text-soft">{t('kinds.why')}</p>
      {preferences.isPending && <Skeleton lines={6} />}
      {preferences.error && !data && (
        <ProblemState error={preferences.error} again={() => void preferences.refetch()} />
      )}
      {data && (
        <ul className="-mx-3">
          {messageKinds.map((kind) => (
            <li key={kind}>
              <Row
                onClick={() => setChosen(kind)}
                title={t(`kinds.${kind}`)}
                under={under(kind, data.muted)}
                right={<Icon name="right" className="size-5 text-soft" />}
              />
            </li>
          ))}
        </ul>
      )}
      <p className="text-sm text-soft">{t('kinds.always')}</p>
      {data && (
        <Sheet
          open={chosen !== undefined}
          onClose={() => setChosen(undefined)}
          title={chosen ? t(`kinds.${chosen}`) : ''}
        >
          {chosen && <Channels kind={chosen} preferences={data} onDone={() => setChosen(undefined)} />}
        </Sheet>
      )}
    </Page>
  )
}

type ChannelsProps = { kind: MessageKind; preferences: Preferences; onDone: () => void }

/** Saved together: each change is confirmed by the password. A channel that is off for everything stays as it is. */
function Channels({ kind, preferences, onDone }: ChannelsProps) {
  const t = useKindsText()
  const isOnline = useOnline()
  const changing = useChangePreferences()
  const [off, setOff] = useState(preferences.muted[kind] ?? [])
  const profile = useMe()
  /** Without an address nothing is mailed, whatever the preference says. */
  const isWithoutAddress = (channel: MessageChannel) =>
    channel === 'email' && profile.data !== undefined && profile.data.email === undefined
  const isOffForAll = (channel: MessageChannel) => channel !== 'push' && !preferences[channel]
  const isFixed = (channel: MessageChannel) => isOffForAll(channel) || isWithoutAddress(channel)
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        const muted = { ...preferences.muted, [kind]: off }
        changing.mutate({ ...preferences, muted }, { onSuccess: onDone })
      }}
    >
      <div className="-mx-3 flex flex-col">
        {mutableNow()[kind].map((channel) => (
          <Switch
            key={channel}
            label={channelText(t, channel)}
            {...(isFixed(channel)
              ? { under: t(isWithoutAddress(channel) ? 'profile.email-first' : 'kinds.off-for-all') }
              : {})}
            on={!off.includes(channel) && !isFixed(channel)}
            disabled={!isOnline || isFixed(channel)}
            onChange={(on) => setOff(on ? off.filter((one) => one !== channel) : [...off, channel])}
          />
        ))}
      </div>
      {(kind === 'paid' || kind === 'mandates') && (
        <p className="text-sm text-soft">{t(`kinds.${kind}-always`)}</p>
      )}
      <ProblemNote error={changing.error} />
      <Button type="submit" busy={changing.isPending} disabled={!isOnline} wide>
        {t('action.save')}
      </Button>
    </form>
  )
}

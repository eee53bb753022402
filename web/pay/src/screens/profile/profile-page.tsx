// The profile screen: name and contacts, language and theme, notifications, security, and logging out.
import { useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { logOut } from '../../session/session-lifecycle.ts'
import { useContacts } from '../../contacts/my-contacts.ts'
import { chooseLanguage, languages, useLanguage, useText, type Language } from '../../language/language.ts'
import { appVersion } from '../../app/version.ts'
import { useAppLock } from '../../session/app-lock.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { formatPhone } from '@bahi/contracts/phone.ts'
import { useIsSandbox } from '../../sandbox/sandbox.ts'
import { chooseTheme, themes, useTheme } from '@bahi/web-ui/theme/theme.ts'
import { useUnread } from '../../notifications/use-unread.ts'
import { useMe } from '../../accounts/my-accounts.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { Choice } from '@bahi/web-ui/components/choice.tsx'
import { Icon, type IconName } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { ProblemState, ProblemNote } from '../../api/problem-states.tsx'
import { Switch } from '@bahi/web-ui/components/switch.tsx'
import { ChangeProfile } from './change-profile.tsx'
import { ConfirmEmail } from './confirm-email.tsx'
import { PushSwitch } from './push-switch.tsx'
import { useChangePreferences, usePreferences } from './use-profile.ts'

export function Component() {
  const t = useText()
  const profile = useMe()
  const [changing, setChanging] = useState(false)
  return (
    <Page title={t('nav.profile')} width="columns">
      {profile.isPending && <Skeleton lines={2} />}
      {profile.error && !profile.data && (
        <ProblemState error={profile.error} again={() => void profile.refetch()} />
      )}
      {profile.data && (
        <section className="flex items-center gap-4 rounded-card border border-line bg-card p-5">
          <Avatar name={profile.data.name} className="size-16" />
          <div className="min-w-0 flex-1">
            <p className="text-xl font-bold wrap-anywhere">{profile.data.name}</p>
            <p className="whitespace-nowrap text-soft">{formatPhone(profile.data.phone)}</p>
            <p className="truncate text-soft">{profile.data.email ?? t('profile.no-email')}</p>
          </div>
          <button
            type="button"
            aria-label={t('profile.change-title')}
            onClick={() => setChanging(true)}
            className="-mr-1 grid size-11 shrink-0 place-items-center self-start rounded-full bg-sunk hover:brightness-95 dark:hover:brightness-110"
          >
            <Icon name="edit" className="size-5" />
          </button>
        </section>
      )}
      {profile.data?.emailPending !== undefined && <ConfirmEmail address={profile.data.emailPending} />}
      <div className="flex flex-col gap-5 lg:grid lg:grid-cols-2 lg:items-start lg:gap-x-10">
        <div className="flex flex-col gap-5">
          <MyLinks />
          <Group title={t('profile.security')}>
            <LinkRow to="/profile/kyc" icon="check" title={t('kyc.title')} />
            <LinkRow to="/profile/lock" icon="lock" title={t('lock.heading')} under={<LockState />} />
            <LinkRow to="/profile/password" icon="edit" title={t('sign-in.password')} />
            <LinkRow to="/profile/passkeys" icon="key" title={t('profile.passkeys')} />
            <LinkRow to="/profile/devices" icon="phone" title={t('profile.devices')} />
            <LinkRow to="/profile/apps" icon="globe" title={t('apps.title')} />
            <LinkRow to="/profile/data" icon="page" title={t('profile.my-data')} />
            <LinkRow to="/profile/blocked" icon="block" title={t('people.blocked')} />
          </Group>
        </div>
        <div className="flex flex-col gap-5">
          <AppSettings />
          <NotificationSettings hasEmail={profile.data?.email !== undefined} />
        </div>
      </div>
      <Group title={t('profile.about')}>
        <LinkRow to="/help" icon="help" title={t('help.help')} />
        <LinkRow to="/terms" icon="page" title={t('help.terms')} />
        <LinkRow to="/privacy" icon="lock" title={t('help.privacy')} />
        <p className="px-3 py-2 text-sm text-soft">{t('help.version', { version: appVersion })}</p>
      </Group>
      <p className="px-3 text-sm text-soft">{t('profile.privacy')}</p>
      <LogOut />
      {profile.data && (
        <Sheet open={changing} onClose={() => setChanging(false)} title={t('profile.change-title')}>
          <ChangeProfile profile={profile.data} onDone={() => setChanging(false)} />
        </Sheet>
      )}
    </Page>
  )
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="mb-2 px-3 text-sm font-semibold text-soft">{title}</h2>
      <div className="flex flex-col rounded-card border border-line bg-card p-2">{children}</div>
    </section>
  )
}

type LinkRowProps = { to: string; icon: IconName; title: string; under?: ReactNode }

function LinkRow({ icon, ...props }: LinkRowProps) {
  return <Row {...props} left={<Icon name={icon} className="size-6 text-soft" />} />
}

function LockState() {
  const t = useText()
  return t(useAppLock().hasPasscode ? 'lock.on' : 'lock.off')
}

function MyLinks() {
  const t = useText()
  const isSandbox = useIsSandbox()
  const unread = useUnread()
  const news = unread > 0 ? { under: t('notifications.unread', { count: unread }) } : {}
  return (
    <Group title={t('profile.links')}>
      <LinkRow to="/accounts" icon="bank" title={t('accounts.title')} />
      <LinkRow to="/upi-ids" icon="qr" title={t('upi-ids.and-numbers')} />
      <LinkRow to="/autopay" icon="again" title={t('autopay.title')} />
      <LinkRow to="/schedules" icon="calendar" title={t('schedules.title')} />
      <LinkRow to="/requests" icon="receive" title={t('requests.title')} />
      <LinkRow to="/profile/limits" icon="gauge" title={t('my-limits.title')} />
      <LinkRow to="/contacts" icon="people" title={t('contacts.title')} />
      <LinkRow to="/notifications" icon="bell" title={t('notifications.title')} {...news} />
      {isSandbox && <LinkRow to="/developer" icon="globe" title={t('developer.link')} />}
    </Group>
  )
}

function AppSettings() {
  const t = useText()
  const { language } = useLanguage()
  const { theme } = useTheme()
  return (
    <Group title={t('profile.app')}>
      <div className="flex flex-col gap-5 py-2">
        <Choice
          label={t('profile.language')}
          value={language}
          onChange={(chosen) => void chooseLanguage(chosen, 'person')}
          options={(Object.keys(languages) as Language[]).map((one) => ({
            value: one,
            text: languages[one],
            lang: one,
          }))}
        />
        <Choice
          label={t('profile.theme')}
          value={theme}
          onChange={chooseTheme}
          options={themes.map((one) => ({ value: one, text: t(`profile.theme-${one}`) }))}
        />
      </div>
    </Group>
  )
}

/** Without an address no receipt is mailed, whatever the preference says. */
function NotificationSettings({ hasEmail }: { hasEmail: boolean }) {
  const t = useText()
  const isOnline = useOnline()
  const { data, error } = usePreferences()
  const changing = useChangePreferences()
  if (!data) {
    return error ? null : <Skeleton lines={1} />
  }
  return (
    <Group title={t('profile.notifications')}>
      {(['live', 'sms', 'email'] as const).map((way) => (
        <Switch
          key={way}
          label={t(`profile.notifications-${way}`)}
          under={t(
            way === 'email' && !hasEmail ? 'profile.email-first' : `profile.notifications-${way}-text`,
          )}
          on={data[way] && (way !== 'email' || hasEmail)}
          disabled={!isOnline || (way === 'email' && !hasEmail)}
          onChange={(on) => changing.mutate({ ...data, [way]: on })}
        />
      ))}
      <PushSwitch />
      <LinkRow to="/profile/notifications" icon="bell" title={t('kinds.title')} />
      <p className="px-3 py-2 text-sm text-soft">{t('profile.notifications-always')}</p>
      <ProblemNote error={changing.error} />
    </Group>
  )
}

function LogOut() {
  const t = useText()
  const client = useQueryClient()
  const { waiting } = useContacts()
  const [asked, setAsked] = useState(false)
  const [busy, setBusy] = useState(false)
  return (
    <>
      <Button look="quiet" wide onClick={() => setAsked(true)}>
        <Icon name="out" className="size-5" />
        {t('profile.log-out')}
      </Button>
      <Sheet open={asked} onClose={() => setAsked(false)} title={t('profile.log-out-title')}>
        <p>{t('profile.log-out-text')}</p>
        {waiting > 0 && <p className="text-wait">{t('profile.log-out-waiting', { count: waiting })}</p>}
        <Button
          busy={busy}
          wide
          onClick={() => {
            setBusy(true)
            void logOut(client)
          }}
        >
          {t('profile.log-out')}
        </Button>
        <Button look="bare" onClick={() => setAsked(false)}>
          {t('action.cancel')}
        </Button>
      </Sheet>
    </>
  )
}

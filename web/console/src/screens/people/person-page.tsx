// One person: their profile, masked until it is revealed for a reason, and each part that the roles of who looks allow.
import type { Output } from '@bahi/contracts/call.ts'
import { revealPerson, showPersonProfile, type PersonProfile } from '@bahi/contracts/person-look-up.ts'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { FactList, type Fact } from '@bahi/web-ui/components/facts.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { call } from '../../api/client.ts'
import { ProblemState } from '../../api/problems.tsx'
import { ReasonButton } from '../../components/reason-form.tsx'
import { Code } from '../../components/table.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { useMay } from '../../session/session.ts'
import { AccountsOf } from './accounts-of.tsx'
import { ActsOf, DeliveriesOf, GrantsOf, MandatesOf, PaymentsOf } from './lists-of.tsx'
import { MeasuresOf } from './measures-of.tsx'
import { SignInOf } from './sign-in-of.tsx'

export function Component() {
  const t = useText()
  const may = useMay()
  const { id = '' } = useParams()
  const maySee = may('people:look-up')
  return (
    <Page title={t('people.one')} back="/people" width="wide" key={id}>
      <div className="grid items-start gap-5 xl:grid-cols-[20rem_minmax(0,1fr)] 2xl:grid-cols-[24rem_minmax(0,1fr)]">
        <div className="flex min-w-0 flex-col gap-5">
          {maySee ? <ProfileOf userId={id} /> : <OnlyId userId={id} />}
          {maySee && <SignInOf userId={id} />}
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          {may('people:freeze') && <MeasuresOf userId={id} />}
          {maySee && <AccountsOf userId={id} />}
          {may('payments:look-up') && <PaymentsOf userId={id} />}
          {maySee && <MandatesOf userId={id} />}
          {may('deliveries:read') && <DeliveriesOf userId={id} />}
          {may('roles:read') && <GrantsOf userId={id} />}
          {may('audit:read') && <ActsOf userId={id} />}
        </div>
      </div>
    </Page>
  )
}

function OnlyId({ userId }: { userId: string }) {
  return (
    <Card>
      <FactList facts={[['ID', <Code key="id">{userId}</Code>]]} />
    </Card>
  )
}

function ProfileOf({ userId }: { userId: string }) {
  const t = useText()
  const profile = useQuery({
    queryKey: ['person', userId, 'profile'],
    queryFn: () => call(showPersonProfile, { params: { userId } }),
  })
  if (profile.isPending) return <Skeleton lines={4} />
  if (!profile.data) return <ProblemState error={profile.error} again={() => void profile.refetch()} />
  return (
    <Card className="flex flex-col gap-4">
      <h2 className="text-lg font-semibold">{t('people.profile')}</h2>
      <Facts profile={profile.data} />
    </Card>
  )
}

function Facts({ profile }: { profile: PersonProfile }) {
  const t = useText()
  const may = useMay()
  const { language } = useLanguage()
  const [shown, setShown] = useState<Output<typeof revealPerson>>()
  const { userId, kyc } = profile
  const email = shown?.email ?? profile.email
  const facts: Fact[] = [
    [t('people.name'), shown?.name ?? profile.name],
    [t('people.phone'), shown?.phone ?? profile.phone],
    ...(email === undefined ? [] : [[t('people.email'), email] as const]),
    [t('people.language'), profile.language === 'hi' ? 'हिन्दी' : 'English'],
    [t('people.since'), formatMoment(language, profile.createdAt)],
    [
      'KYC',
      kyc?.tier === undefined ? t('people.unverified') : t(`kyc.tier-${kyc.tier}`),
      kyc?.until === undefined ? undefined : t('people.until', { date: formatMoment(language, kyc.until) }),
    ],
    ...(kyc?.submission ? [[t('kyc.one'), <Submission key="kyc" {...kyc.submission} />] as const] : []),
    ['ID', <Code key="id">{userId}</Code>],
  ]
  return (
    <>
      <FactList facts={facts} />
      {may('people:reveal') && !shown && (
        <ReasonButton
          text={t('people.reveal')}
          onGive={async ({ reason }) => {
            setShown(await call(revealPerson, { params: { userId }, body: { reason } }))
          }}
        />
      )}
    </>
  )
}

function Submission({ id, status }: NonNullable<NonNullable<PersonProfile['kyc']>['submission']>) {
  const t = useText()
  const may = useMay()
  const text = t(`kyc.status-${status}` as 'kyc.status-approved')
  if (!may('kyc:review')) return text
  return (
    <Link to={`/kyc/${id}`} className="text-accent hover:underline">
      {text}
    </Link>
  )
}

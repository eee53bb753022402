// Who I am, proven: which tier I have, what another one asks for, and how far my submission is.
import type { KycView } from '@bahi/contracts/kyc.ts'
import { tierRank, type KycTier, type PayerTier } from '@bahi/contracts/kyc-rules.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { formatDay } from '@bahi/web-ui/format/dates.ts'
import { shortRupees } from '@bahi/web-ui/format/rupees.ts'
import { useState, type ReactNode } from 'react'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { useMe } from '../../accounts/my-accounts.ts'
import { useIdFor } from '../../api/use-id-for.ts'
import { useLanguage } from '../../language/language.ts'
import { SentDocuments } from './document-pages.tsx'
import { KycDocuments } from './kyc-documents.tsx'
import { KycForm } from './kyc-form.tsx'
import { useKycText, type Translate } from './kyc-texts.ts'
import { useKyc, useWithdrawKyc } from './use-kyc.ts'

export function Component() {
  const t = useKycText()
  const { data, error, isPending, refetch } = useKyc()
  const me = useMe()
  return (
    <Page title={t('kyc.title')} back="/profile">
      {(isPending || me.isPending) && <Skeleton lines={4} />}
      {error && !data && <ProblemState error={error} again={() => void refetch()} />}
      {data && !me.isPending && <Kyc view={data} name={me.data?.name ?? ''} />}
    </Page>
  )
}

/** @param name of the profile: what a form begins with */
function Kyc({ view, name }: { view: KycView; name: string }) {
  const t = useKycText()
  const [wanted, setWanted] = useState<KycTier>()
  const idFor = useIdFor()
  const { submission } = view
  switch (submission?.status) {
    case 'draft':
    case 'revision':
      return <Filling key={submission.id} view={view} submission={submission} />
    case 'submitted':
    case 'in-review':
      return <Waiting submission={submission} view={view} />
    default:
  }
  if (wanted) {
    // A new one each time that it is begun; the same when its answer was lost.
    const id = idFor([wanted, submission?.id])
    return <KycForm id={id} tier={wanted} view={view} before={submission?.form ?? { name, bornOn: '' }} />
  }
  return (
    <>
      <TierCard view={view} />
      {submission && <SentDocuments submission={submission} />}
      {submission?.status === 'rejected' && (
        <Note look="bad" title={t('kyc.rejected')}>
          {submission.reason}
        </Note>
      )}
      {submission?.status === 'expired' && view.tier === 'none' && (
        <Note look="wait" title={t('kyc.expired')} />
      )}
      <p className="text-soft">{t('kyc.why')}</p>
      {(['minimum', 'full'] as const)
        .filter((tier) => tierRank[tier] >= tierRank[view.tier])
        .map((tier) => (
          <Card key={tier} className="flex flex-col gap-3">
            <h2 className="text-lg font-semibold">{t(`kyc.tier-${tier}`)}</h2>
            <LimitText limits={view.rules.limits?.[tier]} />
            <p className="text-soft">
              {t('kyc.needs', { documents: neededText(t, view.rules.tiers[tier].documents) })}
            </p>
            <Button
              look={tierRank[tier] === tierRank[view.tier] + 1 ? 'main' : 'quiet'}
              onClick={() => setWanted(tier)}
            >
              {t(tier === view.tier ? 'kyc.renew' : 'kyc.begin')}
            </Button>
          </Card>
        ))}
    </>
  )
}

const neededText = (t: Translate, kinds: KycView['rules']['tiers']['full']['documents']) =>
  kinds.map((kind) => t(`kyc.document-${kind}`)).join(', ')

function TierCard({ view: { tier, until, rules } }: { view: KycView }) {
  const t = useKycText()
  const { language } = useLanguage()
  return (
    <Card className="flex items-start gap-4">
      <Icon
        name={tier === 'none' ? 'person' : 'check'}
        className={`size-8 ${tier === 'none' ? 'text-soft' : 'text-good'}`}
      />
      <div className="min-w-0 flex-1">
        <p className="text-lg font-semibold">{t(`kyc.tier-${tier}`)}</p>
        {until !== undefined && (
          <p className="text-soft">{t('kyc.until', { date: formatDay(language, until) })}</p>
        )}
        <LimitText limits={rules.limits?.[tier]} />
      </div>
    </Card>
  )
}

/** Nothing where payments are not limited by the tier. */
function LimitText({ limits }: { limits: NonNullable<KycView['rules']['limits']>[PayerTier] | undefined }) {
  const t = useKycText()
  if (!limits) return null
  const { perTransactionPaise, perMonthPaise } = limits
  if (perTransactionPaise === undefined && perMonthPaise === undefined) return <p>{t('kyc.limit-none')}</p>
  return (
    <>
      {perTransactionPaise !== undefined && (
        <p>{t('kyc.limit-payment', { amount: shortRupees(perTransactionPaise) })}</p>
      )}
      {perMonthPaise !== undefined && <p>{t('kyc.limit-month', { amount: shortRupees(perMonthPaise) })}</p>}
    </>
  )
}

type Submission = NonNullable<KycView['submission']>

/** The form first, then the documents; in a revision what is to be changed is said above both. */
function Filling({ view, submission }: { view: KycView; submission: Submission }) {
  const t = useKycText()
  const [isEditing, setIsEditing] = useState(false)
  const { id, tier, form, status, reason } = submission
  return (
    <>
      {status === 'revision' && (
        <Note look="wait" title={t('kyc.revision')}>
          {reason}
        </Note>
      )}
      {isEditing ? (
        <KycForm id={id} tier={tier} view={view} before={form} onSaved={() => setIsEditing(false)} />
      ) : (
        <>
          <FormCard submission={submission} onEdit={() => setIsEditing(true)} />
          <KycDocuments submission={submission} rules={view.rules} />
          <Withdraw id={id} />
        </>
      )}
    </>
  )
}

function FormCard({ submission, onEdit }: { submission: Submission; onEdit?: () => void }) {
  const t = useKycText()
  const { name, maskedPan, aadhaarLast4, address } = submission.form
  const lines = [
    maskedPan && `PAN ${maskedPan}`,
    aadhaarLast4 && `Aadhaar XXXX XXXX ${aadhaarLast4}`,
    address && [address.line1, address.line2, address.city, address.pinCode].filter(Boolean).join(', '),
  ].filter(Boolean)
  return (
    <Card className="flex items-start gap-3">
      <div className="min-w-0 flex-1">
        <p className="font-semibold wrap-anywhere">{name}</p>
        {lines.map((line) => (
          <p key={line} className="text-soft wrap-anywhere">
            {line}
          </p>
        ))}
      </div>
      {onEdit && (
        <Button look="bare" className="-my-2 px-2" onClick={onEdit}>
          {t('kyc.edit')}
        </Button>
      )}
    </Card>
  )
}

function Waiting({ submission, view }: { submission: Submission; view: KycView }) {
  const t = useKycText()
  return (
    <>
      <Note look="wait" title={t('kyc.waiting')}>
        {t('kyc.waiting-more')}
      </Note>
      <FormCard submission={submission} />
      <SentDocuments submission={submission} />
      <TierCard view={view} />
      {submission.status === 'submitted' && <Withdraw id={submission.id} />}
    </>
  )
}

function Withdraw({ id }: { id: string }) {
  const t = useKycText()
  const withdrawing = useWithdrawKyc(id)
  return (
    <>
      <ProblemNote error={withdrawing.error} />
      <Button look="bare" busy={withdrawing.isPending} onClick={() => withdrawing.mutate()}>
        {t('kyc.withdraw')}
      </Button>
    </>
  )
}

const looks = { wait: 'bg-wait-tint text-wait', bad: 'bg-bad-tint text-bad' } as const

function Note({ look, title, children }: { look: keyof typeof looks; title: string; children?: ReactNode }) {
  return (
    <div role="status" className={`rounded-card px-5 py-4 ${looks[look]}`}>
      <p className="font-semibold">{title}</p>
      {children && <p className="text-ink wrap-anywhere">{children}</p>}
    </div>
  )
}
